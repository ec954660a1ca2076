"""What follows: points, ranks, gaps, movement; tables in, tables out."""
