"""What a client is compared with: who belongs to it, and its aggregates."""
