-- No key is declared. `duty` links flights and stewards: its steward_id has no value twice, but is not its key.
CREATE TABLE city (city_name TEXT, country TEXT);
CREATE TABLE airport (airport_code TEXT, airport_name TEXT, city_name TEXT);
CREATE TABLE airline (airline_id INTEGER, airline_name TEXT, fleet INTEGER);
CREATE TABLE flight (flight_id INTEGER, airline_id INTEGER, from_airport TEXT, to_airport TEXT, price INTEGER);
CREATE TABLE steward (id INTEGER, steward_name TEXT);
CREATE TABLE duty (flight_id INTEGER, steward_id INTEGER);
CREATE TABLE author (aid INTEGER, name TEXT);
CREATE TABLE guide (gid INTEGER, title TEXT, aid INTEGER);
CREATE TABLE guide_award (award_id INTEGER, aid INTEGER, prize INTEGER);
CREATE TABLE station (id INTEGER, station_name TEXT);
CREATE TABLE train (train_id INTEGER, start_station_id INTEGER, end_station_id INTEGER, minutes INTEGER);
INSERT INTO city VALUES ('Oslo', 'Norway'), ('Rome', 'Italy'), ('Lima', 'Peru');
INSERT INTO airport VALUES
    ('OSL', 'Gardermoen', 'Oslo'), ('FCO', 'Fiumicino', 'Rome'), ('CIA', 'Ciampino', 'Rome'), ('LIM', 'Chavez', 'Lima');
INSERT INTO airline VALUES (10, 'Norwegian', 90), (20, 'Alitalia', 90), (30, 'Latam', 300);
INSERT INTO flight VALUES
    (1, 10, 'OSL', 'FCO', 90), (2, 10, 'OSL', 'CIA', 80), (3, 20, 'FCO', 'OSL', 95), (4, 30, 'LIM', 'FCO', 700),
    (5, 10, 'OSL', 'LIM', 650);
INSERT INTO steward VALUES (1, 'Ida'), (2, 'Ugo'), (3, 'Eva'), (4, 'Leo'), (5, 'Pia');
INSERT INTO duty VALUES (1, 1), (1, 2), (2, 3), (3, 4), (4, 5);
INSERT INTO author VALUES (1, 'Ibsen'), (2, 'Eco'), (3, 'Llosa');
INSERT INTO guide VALUES (7, 'Fjords', 1), (8, 'Ruins', 2), (9, 'Popes', 2);
INSERT INTO guide_award VALUES (101, 1, 500), (102, 1, 500), (103, 3, 100);
INSERT INTO station VALUES (2, 'Harbour'), (4, 'Museum'), (6, 'Park');
INSERT INTO train VALUES (51, 2, 4, 10), (52, 2, 6, 15), (53, 4, 2, 12), (54, 4, 6, 9);
