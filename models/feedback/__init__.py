"""What comes back: decisions and replies, followed by stage, and what they teach of rules."""
