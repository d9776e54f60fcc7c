"""Job offers of the public employment service (ハローワーク求人情報提供): its XML, read record by record. Nothing here reaches the network."""
