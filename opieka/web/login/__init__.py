"""Coming in: logging in, forgotten passwords, second factors, invitations."""
