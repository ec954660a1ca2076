"""What a page is about: one place, index, year and level; a place; a commune; claims."""
