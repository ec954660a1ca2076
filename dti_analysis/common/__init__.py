"""What every wing may use: exact numbers, faults, strict YAML, languages."""
