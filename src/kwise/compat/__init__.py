"""Other libraries' names on kwise's engine and figures, for code that used them."""
