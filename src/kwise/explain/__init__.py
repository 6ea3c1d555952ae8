"""What a clustering means: profiles, rules, margins, stability. The page and commands show it."""
