"""Many processes book at once against several processes of booking, while processes are killed."""
