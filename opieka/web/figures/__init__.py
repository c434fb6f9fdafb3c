"""The manager's page: figures that open the rows they were counted from."""
