"""The pages of who runs the service: how it stands, how calls end, what was used, transcripts, accounts, the audit log.

They are an administrator's alone: for everybody else they are not there.
"""
