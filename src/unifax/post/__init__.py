"""Mail that is to be faxed: taken by SMTP, read, and accepted as any fax."""
