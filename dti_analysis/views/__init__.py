"""What a reader sees: findings, tables and figures in Vietnamese and English."""
