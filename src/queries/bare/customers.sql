-- /// query
-- title = "Customers"
-- about = "How many customers the customer list has."
-- kind  = "value"
-- ///
SELECT count(*) AS value
FROM customers
ORDER BY value
