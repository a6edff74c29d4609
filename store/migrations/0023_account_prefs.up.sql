-- How a person likes the pages is kept with the account, so that it is the same in every browser.
-- Locks account for a moment; the default needs no rewrite.
ALTER TABLE account
    ADD prefs text NOT NULL DEFAULT '';         -- as the pages write it: language, theme, density, keys, switches
