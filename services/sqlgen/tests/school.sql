CREATE TABLE "Student" (
    "StuID" INTEGER PRIMARY KEY, stu_fname VARCHAR(20) NOT NULL, stu_lname VARCHAR(20) NOT NULL, sex VARCHAR(1),
    age INTEGER NOT NULL, birth_date DATE, "order" INTEGER
);
CREATE TABLE "Course" (course_id INTEGER PRIMARY KEY, title VARCHAR(20) NOT NULL, credits INTEGER NOT NULL);
CREATE TABLE "Enrollment" (
    stu_id INTEGER NOT NULL, course_id INTEGER NOT NULL, grade VARCHAR(1), PRIMARY KEY (stu_id, course_id),
    FOREIGN KEY (stu_id) REFERENCES "Student" ("StuID"), FOREIGN KEY (course_id) REFERENCES "Course" (course_id)
);
CREATE TABLE "Pets" (
    pet_id INTEGER PRIMARY KEY, owner INTEGER, kind VARCHAR(20) NOT NULL,
    FOREIGN KEY (owner) REFERENCES "Student" ("StuID")
);
CREATE TABLE "Island" (island_name VARCHAR(20) NOT NULL);
INSERT INTO "Student" VALUES
    (1, 'Ada', 'Byron', 'F', 20, '2004-12-10', 2), (2, 'Alan', 'Turing', 'M', 19, '2005-06-23', 1),
    (3, 'Grace', 'Hopper', 'F', 22, '2002-12-09', 3), (4, 'Kurt', 'Gödel', 'M', 18, '2006-04-28', NULL),
    (5, 'Emmy', 'Noether', 'F', 20, '2004-03-23', NULL);
INSERT INTO "Course" VALUES (1, 'Logic', 4), (2, 'Data Bases', 3), (3, 'Algebra', 4);
INSERT INTO "Enrollment" VALUES
    (1, 1, 'A'), (1, 2, 'A'), (2, 1, 'B'), (2, 3, 'C'), (3, 2, 'B'), (3, 3, 'A'), (5, 3, 'A');
INSERT INTO "Pets" VALUES (1, 1, 'cat'), (2, 1, 'dog'), (3, 2, 'dog'), (4, NULL, 'fish');
INSERT INTO "Island" VALUES ('Capri'), ('Elba');
