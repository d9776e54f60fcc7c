"""What notify does when events arrive. Nothing remote is called here: messages and deliveries are made, and sent once they are committed."""
