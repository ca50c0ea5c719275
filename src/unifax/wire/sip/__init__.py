"""SIP (RFC 3261) as a sans-IO user agent."""
