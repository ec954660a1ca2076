"""What people hand in, and what has been published: read at the door."""
