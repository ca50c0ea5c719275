"""Paper: from a file somebody sent to fax pages, in processes that can be killed."""
