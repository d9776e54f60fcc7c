"""A sample partner agency: receives signed webhooks, answers referrals with its own API key."""
