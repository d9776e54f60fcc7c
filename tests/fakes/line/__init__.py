"""A mock LINE platform: the Messaging API on one side, signed webhooks on the other.

Behaviour follows the public Messaging API reference (developers.line.biz): bearer tokens, reply tokens that work
once and soon, retry keys, quota, validation errors, blocked users, redelivery. Load tests against the real LINE
are forbidden by its guidelines; this stands in for it.
"""
