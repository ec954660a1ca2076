"""What an act says: criteria sets and the rules by which values earn points."""
