CREATE TABLE customers (
    id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, country VARCHAR(2) NOT NULL, created_at TIMESTAMP NOT NULL
);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, order_date DATE NOT NULL, shipped_date DATE,
    amount INTEGER NOT NULL, created_at TIMESTAMP NOT NULL, FOREIGN KEY (customer_id) REFERENCES customers (id)
);
CREATE TABLE visits (
    id INTEGER PRIMARY KEY, device VARCHAR(10) NOT NULL, visit_start TIMESTAMP NOT NULL, visit_end TIMESTAMP
);
CREATE TABLE ratings (id INTEGER PRIMARY KEY, stars INTEGER NOT NULL, year INTEGER NOT NULL, month VARCHAR(10) NOT NULL);
INSERT INTO customers VALUES
    (1, 'Ann', 'DE', '2024-01-10 08:00:00'), (2, 'Bob', 'US', '2025-06-02 09:30:00'),
    (3, 'Cid', 'US', '2025-06-12 10:00:00');
INSERT INTO orders VALUES
    (1, 1, '2023-01-02', '2023-01-05', 10, '2025-06-16 00:00:00'),
    (2, 1, '2023-02-28', '2023-03-01', 20, '2025-06-16 00:00:00'),
    (3, 1, '2025-04-01', '2025-04-03', 30, '2025-06-16 00:00:00'),
    (4, 2, '2025-05-31', '2025-06-10', 40, '2025-06-16 00:00:00'),
    (5, 2, '2025-06-14', '2025-06-15', 50, '2025-06-16 00:00:00'),
    (6, 3, '2025-06-16', NULL, 60, '2025-06-16 00:00:00');
INSERT INTO visits VALUES
    (1, 'phone', '2025-06-01 10:00:00', '2025-06-01 10:01:00'),
    (2, 'phone', '2025-06-02 10:00:00', '2025-06-02 10:03:00'),
    (3, 'desk', '2025-06-03 10:00:00', '2025-06-03 10:10:00');
INSERT INTO ratings VALUES
    (1, 5, 2024, 'November'), (2, 4, 2024, 'December'), (3, 3, 2025, 'January'), (4, 2, 2025, 'May'),
    (5, 1, 2025, 'June');
