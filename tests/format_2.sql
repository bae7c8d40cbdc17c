-- A store as format 2 writes it: what it holds must be read by every later version.
BEGIN TRANSACTION;
CREATE TABLE answers (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    kol_id TEXT,
    params TEXT NOT NULL,
    fetched_at TEXT NOT NULL,
    http_status INTEGER NOT NULL,
    served INTEGER NOT NULL,
    body BLOB NOT NULL,
    checksum TEXT NOT NULL
, item_id TEXT);
INSERT INTO "answers" VALUES(1,'get_author_base_info|7000000000000000001|{"platform": "SHORT_VIDEO"}','get_author_base_info','7000000000000000001','{"platform": "SHORT_VIDEO"}','2026-11-20T10:00:00.000000+00:00',200,1,X'7B22636F6465223A20302C202264617461223A207B226E69636B5F6E616D65223A2022E8BEBEE4BABA227D7D','511dcf91a1db96d871300b160be86af36f6ed42e91a0cdc2bdd04e5cfabc81fd',NULL);
INSERT INTO "answers" VALUES(2,'item_report_trend||{"itemId": "7300000000000000001"}','item_report_trend',NULL,'{"itemId": "7300000000000000001"}','2026-11-21T10:00:00.000000+00:00',200,1,X'7B22636F6465223A20302C202264617461223A207B7D7D','89a952b5f9e8e069a908abe8849c7e1ab5345a306f39a3d6af97e421bc4b3a6f','7300000000000000001');
CREATE TABLE claims (key TEXT PRIMARY KEY, owner TEXT NOT NULL, until TEXT NOT NULL);
CREATE TABLE pace (id INTEGER PRIMARY KEY CHECK (id = 1), next REAL NOT NULL);
INSERT INTO "pace" VALUES(1,0.0);
CREATE TABLE requests (
    id INTEGER PRIMARY KEY,
    sent_at TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    kol_id TEXT,
    http_status INTEGER,
    code INTEGER,
    billed TEXT NOT NULL DEFAULT 'unknown',
    elapsed_s REAL,
    error TEXT
, item_id TEXT, key TEXT);
INSERT INTO "requests" VALUES(1,'2026-11-21T10:00:00.000000+00:00','get_author_base_info','7000000000000000001',200,0,'yes',0.5,NULL,NULL,'get_author_base_info|7000000000000000001|{"platform": "SHORT_VIDEO"}');
INSERT INTO "requests" VALUES(2,'2026-11-22T10:00:00.000000+00:00','item_report_trend',NULL,200,0,'yes',0.5,NULL,'7300000000000000001','item_report_trend||{"itemId": "7300000000000000001"}');
INSERT INTO "requests" VALUES(3,'2026-11-23T10:00:00.000000+00:00','get_author_base_info','7000000000000000001',NULL,NULL,'unknown',NULL,NULL,NULL,'get_author_base_info|7000000000000000001|{"platform": "SHORT_VIDEO"}');
INSERT INTO "requests" VALUES(4,'2026-11-24T10:00:00.000000+00:00','get_author_base_info','7000000000000000001',NULL,NULL,'no',0.1,'TransportError: the server was not reached',NULL,'get_author_base_info|7000000000000000001|{"platform": "SHORT_VIDEO"}');
CREATE INDEX answers_latest ON answers (key, served, fetched_at, id);
CREATE INDEX answers_by_subject ON answers (endpoint, kol_id, item_id, params);
COMMIT;
PRAGMA user_version = 2;
PRAGMA application_id = 1481003569;
