"""What a user calls a creator becomes the id as text."""

from .creators import Id, Ids, bare, is_address, is_identity_number, item_ids, kol_id_of, kol_ids, masked

__all__ = ["Id", "Ids", "bare", "is_address", "is_identity_number", "item_ids", "kol_id_of", "kol_ids", "masked"]
