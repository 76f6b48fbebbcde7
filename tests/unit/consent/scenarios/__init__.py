"""What the law asks in concrete situations, written from the statutes and never from the engine.

One row of the tables beside this file is one situation:

* ``id``: place, channel and gist.
* ``mark``: ``page`` where a page that states the rule was read, ``statute`` where it follows from a
  statute that is known, ``derived`` where it tests the engine (its caution, its arithmetic) or a
  conclusion of our own, and not the law.
* ``where``: country or state of the recipient. After plus signs: ``billing FR``, ``phone +48...``,
  ``seller PL`` (the recipient's own country unless told), ``signed off`` where the shop's lawyer
  signed every rule of low confidence. ``nowhere`` is an address without a country.
* ``what``: channel and content; an insert is ``same for all``, ``personalised`` or ``third-party``.
* ``person``: what they did, in clauses between semicolons. ``bought 2024-10-17``, ``unpaid``,
  ``refunded``, ``gift``, ``stranger``, ``born 2010-01-15``, and answers such as
  ``yes confirmed 2026-01-05 to reviews by email until 2026-11-17``. An answer without purpose is
  about marketing, without channel about the channel of the case, without date of 1 June 2026; a
  ``no`` without date is of 1 October 2026. A sale without date was paid an hour ago.
* ``when``: the recipient's wall clock; Wednesday 18 November 2026, noon UTC, unless told.
* ``answer``: ``allowed``, ``denied``, or ``from`` the first moment outside the quiet hours.
* ``basis`` and ``rules``: the strictest basis, and every rule that applies.
* ``says``: words to be found under ``missing``, ``include`` (what the message must carry), ``keep``
  (evidence and duties of the shop) or ``reason``.
* ``why``: the law in one sentence.
"""
