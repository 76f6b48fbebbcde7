"""Rewards: redeemed for points, given for levels and ranks, handed over with parcels."""
