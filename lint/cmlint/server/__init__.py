"""The editor server: what one sees while one types. Only `protocol` knows the Language Server Protocol's library."""
