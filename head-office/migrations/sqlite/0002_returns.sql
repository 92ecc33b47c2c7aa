-- What came back of a sale is asked for by the sale's till and receipt number. Only refunds and voids are in the index,
-- so that the ingest of sales pays nothing for it.
CREATE INDEX returns_of ON entries (json_extract(body, '$.original.till'), json_extract(body, '$.original.receipt_number'))
WHERE kind IN ('refund', 'void_sale') AND json_valid(body);
