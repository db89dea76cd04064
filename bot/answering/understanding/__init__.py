"""What a question asks: taken as it was typed, guarded, completed, and turned into a need."""
