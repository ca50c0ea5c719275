"""The VoipNow UnifiedAPI, as documented and as its clients really speak it."""
