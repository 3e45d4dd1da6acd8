"""Follow-up turns and refinements: the statement before is parsed, and edited as the new words say."""
