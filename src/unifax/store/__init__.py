"""Memory: the schema, and every question and change it allows. Nobody above sees SQL."""
