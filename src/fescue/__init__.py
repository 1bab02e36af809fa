"""fescue."""
