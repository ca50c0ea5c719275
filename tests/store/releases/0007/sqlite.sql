BEGIN TRANSACTION;
CREATE TABLE accounts (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind TEXT NOT NULL, 
	parent_id INTEGER, 
	name TEXT NOT NULL, 
	login TEXT, 
	password TEXT, 
	enabled INTEGER NOT NULL, 
	region TEXT, 
	created_at TEXT NOT NULL, 
	CONSTRAINT ck_accounts_region CHECK (region IS NULL OR length(region) = 2), 
	CONSTRAINT ck_accounts_parent CHECK ((kind = 'administrator') = (parent_id IS NULL)), 
	CONSTRAINT ck_accounts_kind CHECK (kind IN ('administrator', 'organization', 'user')), 
	CONSTRAINT ck_accounts_password CHECK (password IS NULL OR password LIKE '$argon2id$%'), 
	CONSTRAINT ck_accounts_enabled CHECK (enabled IN (0, 1)), 
	CONSTRAINT fk_accounts_parent_id FOREIGN KEY(parent_id) REFERENCES accounts (id), 
	CONSTRAINT uq_accounts_login UNIQUE (login), 
	CONSTRAINT uq_accounts_parent_id_name UNIQUE (parent_id, name)
)
 STRICT

;
INSERT INTO "accounts" VALUES(1,'administrator',NULL,'root',NULL,NULL,1,NULL,'2026-02-03T04:05:06.000000+00:00');
INSERT INTO "accounts" VALUES(2,'organization',1,'alice',NULL,NULL,1,NULL,'2026-02-03T04:05:06.000000+00:00');
INSERT INTO "accounts" VALUES(3,'user',2,'bob',NULL,NULL,1,NULL,'2026-02-03T04:05:06.000000+00:00');
INSERT INTO "accounts" VALUES(4,'user',2,'beth',NULL,NULL,1,NULL,'2026-02-03T04:05:06.000000+00:00');
INSERT INTO "accounts" VALUES(5,'organization',1,'other',NULL,NULL,1,NULL,'2026-02-03T04:05:06.000000+00:00');
INSERT INTO "accounts" VALUES(6,'user',5,'charlie',NULL,NULL,1,NULL,'2026-02-03T04:05:06.000000+00:00');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0007');
CREATE TABLE application_versions (
    version_id TEXT NOT NULL PRIMARY KEY,
    version_name TEXT NOT NULL UNIQUE,
    version_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    created_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
, "application_name" TEXT DEFAULT NULL);
CREATE TABLE apps (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	account_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	secret_sha256 TEXT NOT NULL, 
	trusted INTEGER NOT NULL, 
	enabled INTEGER NOT NULL, 
	redirect_uris TEXT NOT NULL, 
	CONSTRAINT ck_apps_enabled CHECK (enabled IN (0, 1)), 
	CONSTRAINT ck_apps_secret CHECK (length(secret_sha256) = 64), 
	CONSTRAINT ck_apps_trusted CHECK (trusted IN (0, 1)), 
	CONSTRAINT fk_apps_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT uq_apps_key UNIQUE ("key"), 
	CONSTRAINT uq_apps_account_id_name UNIQUE (account_id, name)
)
 STRICT

;
INSERT INTO "apps" VALUES(1,1,'app of root','key-root','b65912f282c933092c4aff485a2d8ef75fdcd337beecc40dced57f79114f7d3b',1,1,'');
INSERT INTO "apps" VALUES(2,2,'app of alice','key-alice','959601334de4ce5a7661ece94755bc23b257c096cd7d29bd2ecaf8a7333e0aff',1,1,'');
INSERT INTO "apps" VALUES(3,3,'app of bob','key-bob','121d6cf8eecc49b58b007cdb17a804e2c660f30250e1451ffb3d46799c116edb',1,1,'');
INSERT INTO "apps" VALUES(4,4,'app of beth','key-beth','e9e245a770710085ee33322cc45f8cedcfbecaf9b4829b4720521f9631337d85',1,1,'');
INSERT INTO "apps" VALUES(5,6,'app of charlie','key-charlie','c2d7d5ddd2a75fe5ac1f8b877d907a7634388be74b21326812125e9f932a139e',1,1,'');
CREATE TABLE audit_heads (
	entry_id INTEGER NOT NULL, 
	signed_at TEXT NOT NULL, 
	jws TEXT NOT NULL, 
	CONSTRAINT pk_audit_heads PRIMARY KEY (entry_id)
)
 STRICT

;
CREATE TABLE audit_log (
	id INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	account_id INTEGER, 
	actor_id INTEGER, 
	app_id INTEGER, 
	action TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	facts TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	CONSTRAINT pk_audit_log PRIMARY KEY (id), 
	CONSTRAINT ck_audit_log_id CHECK (id > 0), 
	CONSTRAINT ck_audit_log_sha256 CHECK (length(sha256) = 64)
)
 STRICT

;
CREATE TABLE call_records (
	delivery_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	kept_at TEXT NOT NULL, 
	blob BLOB NOT NULL, 
	packets BLOB, 
	bytes INTEGER NOT NULL, 
	CONSTRAINT pk_call_records PRIMARY KEY (delivery_id, number), 
	CONSTRAINT ck_call_records_bytes CHECK (bytes = length(blob) + coalesce(length(packets), 0)), 
	CONSTRAINT fk_call_records_delivery_id_number FOREIGN KEY(delivery_id, number) REFERENCES calls (delivery_id, number) ON DELETE CASCADE
)
 STRICT

;
CREATE TABLE calls (
	delivery_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	run TEXT NOT NULL, 
	first_page INTEGER NOT NULL, 
	t38 INTEGER NOT NULL, 
	ecm INTEGER NOT NULL, 
	modem TEXT NOT NULL, 
	started_at TEXT NOT NULL, 
	ringing_at TEXT, 
	answered_at TEXT, 
	t38_at TEXT, 
	last_page_out_at TEXT, 
	ended_at TEXT, 
	outcome TEXT, 
	passed_on INTEGER NOT NULL, 
	pages_confirmed INTEGER NOT NULL, 
	sip_status INTEGER, 
	t30_code INTEGER, 
	media TEXT, 
	far_station_id TEXT, 
	bits_per_second INTEGER, 
	sip_call_id TEXT, 
	CONSTRAINT pk_calls PRIMARY KEY (delivery_id, number), 
	CONSTRAINT ck_calls_ended CHECK ((ended_at IS NULL) = (outcome IS NULL)), 
	CONSTRAINT ck_calls_number CHECK (number > 0), 
	CONSTRAINT ck_calls_counts CHECK (pages_confirmed >= 0 AND first_page >= 0), 
	CONSTRAINT ck_calls_passed_on CHECK (passed_on IN (0, 1)), 
	CONSTRAINT ck_calls_manner CHECK (t38 IN (0, 1) AND ecm IN (0, 1) AND modem IN ('v17', 'v27ter', 'v29')), 
	CONSTRAINT fk_calls_delivery_id FOREIGN KEY(delivery_id) REFERENCES deliveries (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "calls" VALUES(1,1,'desk.1.3',0,1,1,'v17','2026-02-03T04:05:06.000000+00:00',NULL,NULL,NULL,'2026-02-03T04:05:06.000000+00:00','2026-02-03T04:05:06.000000+00:00','sent',0,3,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "calls" VALUES(3,1,'desk.1.4',0,1,1,'v17','2026-02-03T04:05:06.000000+00:00',NULL,NULL,NULL,NULL,'2026-02-03T04:05:06.000000+00:00','busy',0,0,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE codes (
	sha256 TEXT NOT NULL, 
	consent TEXT NOT NULL, 
	app_id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	redirect_uri TEXT NOT NULL, 
	challenge TEXT, 
	challenge_method TEXT, 
	created_at TEXT NOT NULL, 
	expires_at TEXT NOT NULL, 
	used_at TEXT, 
	CONSTRAINT pk_codes PRIMARY KEY (sha256), 
	CONSTRAINT ck_codes_challenge CHECK ((challenge IS NULL) = (challenge_method IS NULL)), 
	CONSTRAINT ck_codes_sha256 CHECK (length(sha256) = 64), 
	CONSTRAINT fk_codes_account_id FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE, 
	CONSTRAINT fk_codes_app_id FOREIGN KEY(app_id) REFERENCES apps (id) ON DELETE CASCADE
)
 STRICT

;
CREATE TABLE dbos_migrations (version INTEGER NOT NULL PRIMARY KEY);
INSERT INTO "dbos_migrations" VALUES(125);
CREATE TABLE deletions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	extension_id INTEGER NOT NULL, 
	fax_id INTEGER, 
	inbox_id INTEGER, 
	at TEXT NOT NULL, 
	why TEXT NOT NULL, 
	account_id INTEGER, 
	contents TEXT NOT NULL, 
	CONSTRAINT ck_deletions_of CHECK ((fax_id IS NULL) <> (inbox_id IS NULL)), 
	CONSTRAINT ck_deletions_why CHECK (why IN ('asked', 'kept_long_enough')), 
	CONSTRAINT ck_deletions_account CHECK ((why = 'asked') = (account_id IS NOT NULL)), 
	CONSTRAINT fk_deletions_extension_id FOREIGN KEY(extension_id) REFERENCES extensions (id), 
	CONSTRAINT fk_deletions_fax_id FOREIGN KEY(fax_id) REFERENCES faxes (id), 
	CONSTRAINT fk_deletions_inbox_id FOREIGN KEY(inbox_id) REFERENCES inbox (id)
)
 STRICT

;
CREATE TABLE deliveries (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	fax_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	number TEXT NOT NULL, 
	trunk TEXT, 
	extension_id INTEGER, 
	state TEXT NOT NULL, 
	calls INTEGER NOT NULL, 
	work INTEGER NOT NULL, 
	pages_confirmed INTEGER NOT NULL, 
	outcome TEXT, 
	next_call_at TEXT, 
	calls_before INTEGER NOT NULL, 
	cancel_at TEXT, 
	told TEXT, decision TEXT CONSTRAINT ck_deliveries_decision CHECK (decision IN ('arrived', 'not_arrived', 'wanted')), decided_at TEXT, organization_id INTEGER, 
	CONSTRAINT ck_deliveries_sent CHECK ((state = 'sent') = (outcome IS NOT NULL AND outcome = 'sent')), 
	CONSTRAINT ck_deliveries_uncertain CHECK ((state = 'uncertain') = (outcome IS NOT NULL AND outcome = 'uncertain')), 
	CONSTRAINT ck_deliveries_waiting CHECK ((state = 'waiting') = (next_call_at IS NOT NULL)), 
	CONSTRAINT ck_deliveries_cancel CHECK (cancel_at IS NULL OR state = 'calling'), 
	CONSTRAINT ck_deliveries_calling CHECK (state <> 'calling' OR calls > 0), 
	CONSTRAINT ck_deliveries_state CHECK (state IN ('calling', 'cancelled', 'failed', 'preparing', 'sent', 'uncertain', 'uploading', 'waiting')), 
	CONSTRAINT ck_deliveries_way CHECK ((trunk IS NULL) <> (extension_id IS NULL)), 
	CONSTRAINT ck_deliveries_counts CHECK (calls >= calls_before AND calls_before >= 0 AND pages_confirmed >= 0), 
	CONSTRAINT fk_deliveries_extension_id FOREIGN KEY(extension_id) REFERENCES extensions (id), 
	CONSTRAINT fk_deliveries_fax_id FOREIGN KEY(fax_id) REFERENCES faxes (id) ON DELETE CASCADE, 
	CONSTRAINT uq_deliveries_fax_id_position UNIQUE (fax_id, position)
)
 STRICT

;
INSERT INTO "deliveries" VALUES(1,1,0,'7778801','sandbox',NULL,'sent',1,2,3,'sent',NULL,0,NULL,'sent',NULL,NULL,2);
INSERT INTO "deliveries" VALUES(2,1,1,'0003*211',NULL,2,'sent',0,1,3,'sent',NULL,0,NULL,'sent',NULL,NULL,2);
INSERT INTO "deliveries" VALUES(3,2,0,'7778888','sandbox',NULL,'waiting',1,2,0,'busy','2026-02-03T04:08:06.000000+00:00',0,NULL,'waiting',NULL,NULL,2);
INSERT INTO "deliveries" VALUES(4,3,0,'7778888','sandbox',NULL,'preparing',0,1,0,NULL,NULL,0,NULL,'preparing',NULL,NULL,2);
CREATE TABLE destinations (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	number TEXT NOT NULL, 
	unanswered INTEGER NOT NULL, 
	tried_at TEXT, 
	far_station_id TEXT, 
	far_ecm INTEGER, 
	far_modem TEXT, 
	far_resolutions TEXT, 
	pin_t38 INTEGER, 
	pin_ecm INTEGER, 
	pin_modem TEXT, pin_resolution TEXT CONSTRAINT ck_destinations_pin_resolution CHECK (pin_resolution IN ('300', '400', 'fine', 'standard', 'superfine')), 
	CONSTRAINT ck_destinations_unanswered CHECK (unanswered >= 0), 
	CONSTRAINT ck_destinations_far CHECK (far_ecm IN (0, 1) AND far_modem IN ('v17', 'v27ter', 'v29')), 
	CONSTRAINT ck_destinations_ability CHECK ((far_ecm IS NULL) = (far_modem IS NULL) AND (far_ecm IS NULL) = (far_resolutions IS NULL)), 
	CONSTRAINT ck_destinations_pin CHECK (pin_t38 IN (0, 1) AND pin_ecm IN (0, 1) AND pin_modem IN ('v17', 'v27ter', 'v29')), 
	CONSTRAINT uq_destinations_number UNIQUE (number)
)
 STRICT

;
INSERT INTO "destinations" VALUES(1,'7778801',1,'2026-02-03T04:05:06.000000+00:00',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "destinations" VALUES(2,'7778888',1,'2026-02-03T04:05:06.000000+00:00',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE dids (
	number TEXT NOT NULL, 
	extension_id INTEGER NOT NULL, 
	CONSTRAINT pk_dids PRIMARY KEY (number), 
	CONSTRAINT fk_dids_extension_id FOREIGN KEY(extension_id) REFERENCES extensions (id) ON DELETE CASCADE
)
 STRICT

;
CREATE TABLE events (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind TEXT NOT NULL, 
	extension_id INTEGER NOT NULL, 
	fax_id INTEGER, 
	inbox_id INTEGER, 
	position INTEGER, 
	at TEXT NOT NULL, 
	facts TEXT NOT NULL, 
	CONSTRAINT ck_events_received CHECK ((kind = 'received') = (inbox_id IS NOT NULL)), 
	CONSTRAINT ck_events_recipient CHECK ((kind IN ('recipient', 'progress')) = (position IS NOT NULL)), 
	CONSTRAINT ck_events_kind CHECK (kind IN ('fax', 'progress', 'received', 'recipient')), 
	CONSTRAINT fk_events_extension_id FOREIGN KEY(extension_id) REFERENCES extensions (id), 
	CONSTRAINT fk_events_fax_id FOREIGN KEY(fax_id) REFERENCES faxes (id) ON DELETE CASCADE, 
	CONSTRAINT fk_events_inbox_id FOREIGN KEY(inbox_id) REFERENCES inbox (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "events" VALUES(1,'recipient',1,1,NULL,0,'2026-02-03T04:05:06.000000+00:00','{"uid": "00000000000000000000000000000001", "recipient": "7778801", "state": "preparing", "pagesConfirmed": 0}');
INSERT INTO "events" VALUES(2,'recipient',1,1,NULL,1,'2026-02-03T04:05:06.000000+00:00','{"uid": "00000000000000000000000000000001", "recipient": "0003*211", "state": "preparing", "pagesConfirmed": 0}');
INSERT INTO "events" VALUES(3,'fax',1,1,NULL,NULL,'2026-02-03T04:05:06.000000+00:00','{"uid": "00000000000000000000000000000001", "state": "Pre-Approved"}');
INSERT INTO "events" VALUES(4,'recipient',1,2,NULL,0,'2026-02-03T04:05:06.000000+00:00','{"uid": "00000000000000000000000000000002", "recipient": "7778888", "state": "preparing", "pagesConfirmed": 0}');
INSERT INTO "events" VALUES(5,'fax',1,2,NULL,NULL,'2026-02-03T04:05:06.000000+00:00','{"uid": "00000000000000000000000000000002", "state": "Pre-Approved"}');
INSERT INTO "events" VALUES(6,'recipient',1,1,NULL,0,'2026-02-03T04:05:06.000000+00:00','{"uid": "00000000000000000000000000000001", "recipient": "7778801", "state": "waiting", "pagesConfirmed": 0, "pages": 3}');
INSERT INTO "events" VALUES(7,'recipient',1,1,NULL,1,'2026-02-03T04:05:06.000000+00:00','{"uid": "00000000000000000000000000000001", "recipient": "0003*211", "state": "sent", "reason": "sent", "pagesConfirmed": 3, "pages": 3}');
INSERT INTO "events" VALUES(8,'fax',1,1,NULL,NULL,'2026-02-03T04:05:06.000000+00:00','{"uid": "00000000000000000000000000000001", "state": "Scheduled For Sending", "pages": 3}');
INSERT INTO "events" VALUES(9,'received',2,NULL,1,NULL,'2026-02-03T04:05:06.000000+00:00','{"sender": "0003*210", "pages": 3, "complete": true}');
INSERT INTO "events" VALUES(10,'recipient',1,2,NULL,0,'2026-02-03T04:05:06.000000+00:00','{"uid": "00000000000000000000000000000002", "recipient": "7778888", "state": "waiting", "pagesConfirmed": 0, "pages": 3}');
INSERT INTO "events" VALUES(11,'fax',1,2,NULL,NULL,'2026-02-03T04:05:06.000000+00:00','{"uid": "00000000000000000000000000000002", "state": "Scheduled For Sending", "pages": 3}');
INSERT INTO "events" VALUES(12,'recipient',1,1,NULL,0,'2026-02-03T04:05:06.000000+00:00','{"uid": "00000000000000000000000000000001", "recipient": "7778801", "state": "calling", "pagesConfirmed": 0, "pages": 3}');
INSERT INTO "events" VALUES(13,'progress',1,1,NULL,0,'2026-02-03T04:05:06.000000+00:00','{"recipient": "7778801", "call": 1, "step": "page_confirmed", "pagesConfirmed": 1}');
INSERT INTO "events" VALUES(14,'progress',1,1,NULL,0,'2026-02-03T04:05:06.000000+00:00','{"recipient": "7778801", "call": 1, "step": "page_confirmed", "pagesConfirmed": 2}');
INSERT INTO "events" VALUES(15,'progress',1,1,NULL,0,'2026-02-03T04:05:06.000000+00:00','{"recipient": "7778801", "call": 1, "step": "last_page_out", "pagesConfirmed": 2}');
INSERT INTO "events" VALUES(16,'progress',1,1,NULL,0,'2026-02-03T04:05:06.000000+00:00','{"recipient": "7778801", "call": 1, "step": "page_confirmed", "pagesConfirmed": 3}');
INSERT INTO "events" VALUES(17,'recipient',1,1,NULL,0,'2026-02-03T04:05:06.000000+00:00','{"uid": "00000000000000000000000000000001", "recipient": "7778801", "state": "sent", "reason": "sent", "pagesConfirmed": 3, "pages": 3}');
INSERT INTO "events" VALUES(18,'fax',1,1,NULL,NULL,'2026-02-03T04:05:06.000000+00:00','{"uid": "00000000000000000000000000000001", "state": "Sent", "pages": 3}');
INSERT INTO "events" VALUES(19,'recipient',1,2,NULL,0,'2026-02-03T04:05:06.000000+00:00','{"uid": "00000000000000000000000000000002", "recipient": "7778888", "state": "calling", "pagesConfirmed": 0, "pages": 3}');
INSERT INTO "events" VALUES(20,'recipient',1,2,NULL,0,'2026-02-03T04:05:06.000000+00:00','{"uid": "00000000000000000000000000000002", "recipient": "7778888", "state": "waiting", "reason": "busy", "pagesConfirmed": 0, "pages": 3}');
INSERT INTO "events" VALUES(21,'recipient',1,3,NULL,0,'2026-02-03T04:05:06.000000+00:00','{"uid": "00000000000000000000000000000003", "recipient": "7778888", "state": "preparing", "pagesConfirmed": 0}');
INSERT INTO "events" VALUES(22,'fax',1,3,NULL,NULL,'2026-02-03T04:05:06.000000+00:00','{"uid": "00000000000000000000000000000003", "state": "Pre-Approved"}');
CREATE TABLE executors (
	id TEXT NOT NULL, 
	role TEXT NOT NULL, 
	started_at TEXT NOT NULL, 
	beats INTEGER NOT NULL, host TEXT, 
	CONSTRAINT pk_executors PRIMARY KEY (id)
)
 STRICT

;
INSERT INTO "executors" VALUES('desk.1','desk','2026-02-03T04:05:06.000000+00:00',0,'');
CREATE TABLE extensions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	owner_id INTEGER NOT NULL, 
	number TEXT NOT NULL, 
	short TEXT NOT NULL, 
	station_id TEXT NOT NULL, 
	header_text TEXT NOT NULL, 
	header_position TEXT NOT NULL, 
	header_line TEXT NOT NULL, 
	resolution TEXT NOT NULL, 
	fax_enabled INTEGER NOT NULL, 
	resume INTEGER NOT NULL, 
	max_calls INTEGER NOT NULL, when_uncertain TEXT DEFAULT 'hold' NOT NULL CONSTRAINT ck_extensions_when_uncertain CHECK (when_uncertain IN ('ask', 'hold', 'resend')), keep_days INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT ck_extensions_short CHECK (number LIKE '%*' || short), 
	CONSTRAINT ck_extensions_fax_enabled CHECK (fax_enabled IN (0, 1)), 
	CONSTRAINT ck_extensions_header_position CHECK (header_position IN ('above', 'auto', 'off', 'over')), 
	CONSTRAINT ck_extensions_resolution CHECK (resolution IN ('auto', '300', '400', 'fine', 'standard', 'superfine')), 
	CONSTRAINT ck_extensions_resume CHECK (resume IN (0, 1)), 
	CONSTRAINT ck_extensions_max_calls CHECK (max_calls >= 0), 
	CONSTRAINT ck_extensions_station_id CHECK (length(station_id) <= 20), 
	CONSTRAINT fk_extensions_owner_id FOREIGN KEY(owner_id) REFERENCES accounts (id), 
	CONSTRAINT uq_extensions_number UNIQUE (number)
)
 STRICT

;
INSERT INTO "extensions" VALUES(1,3,'0003*210','210','0003 210','Bob','auto','{date} | {sender} | {station} | page {page} of {pages}','auto',1,1,2,'hold',0);
INSERT INTO "extensions" VALUES(2,4,'0003*211','211','0003 211','Beth','auto','{date} | {sender} | {station} | page {page} of {pages}','auto',1,1,2,'hold',0);
INSERT INTO "extensions" VALUES(3,6,'0004*210','210','0004 210','Charlie','auto','{date} | {sender} | {station} | page {page} of {pages}','auto',1,1,2,'hold',0);
CREATE TABLE fax_files (
	fax_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	blob TEXT NOT NULL, 
	bytes INTEGER NOT NULL, 
	pages INTEGER NOT NULL, place TEXT, 
	CONSTRAINT pk_fax_files PRIMARY KEY (fax_id, position), 
	CONSTRAINT fk_fax_files_fax_id FOREIGN KEY(fax_id) REFERENCES faxes (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "fax_files" VALUES(1,0,'letter.txt','txt','5bb27fb86c807b2ff46917449e038a93779fe33ceae2ffc4c843c00c718e4183',8,1,'5bb27fb86c807b2ff46917449e038a93779fe33ceae2ffc4c843c00c718e4183-10c543faa2b5bbca');
INSERT INTO "fax_files" VALUES(2,0,'letter.txt','txt','5bb27fb86c807b2ff46917449e038a93779fe33ceae2ffc4c843c00c718e4183',8,1,'5bb27fb86c807b2ff46917449e038a93779fe33ceae2ffc4c843c00c718e4183-ba0cc2ceaf0de728');
INSERT INTO "fax_files" VALUES(3,0,'letter.txt','txt','5bb27fb86c807b2ff46917449e038a93779fe33ceae2ffc4c843c00c718e4183',8,1,'5bb27fb86c807b2ff46917449e038a93779fe33ceae2ffc4c843c00c718e4183-2578066a470b8108');
CREATE TABLE faxes (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	uid TEXT NOT NULL, 
	account_id INTEGER NOT NULL, 
	extension_id INTEGER NOT NULL, 
	accepted_at TEXT NOT NULL, 
	work INTEGER NOT NULL, 
	document TEXT, 
	pages INTEGER, 
	state TEXT NOT NULL, 
	priority INTEGER NOT NULL, 
	send_after TEXT, 
	give_up_at TEXT, 
	paper TEXT, place TEXT, keep_days INTEGER DEFAULT '0' NOT NULL, label TEXT, held_at TEXT, forgotten_at TEXT, 
	CONSTRAINT ck_faxes_state CHECK (state IN ('Cancelled', 'Partially Sent', 'Pre-Approved', 'Scheduled For Sending', 'Send Failed', 'Sent', 'Uncertain', 'Uploading')), 
	CONSTRAINT ck_faxes_prepared CHECK ((document IS NULL) = (pages IS NULL)), 
	CONSTRAINT ck_faxes_pages CHECK (pages > 0), 
	CONSTRAINT ck_faxes_priority CHECK (priority > 0), 
	CONSTRAINT ck_faxes_times CHECK (send_after IS NULL OR give_up_at IS NULL OR send_after < give_up_at), 
	CONSTRAINT fk_faxes_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_faxes_extension_id FOREIGN KEY(extension_id) REFERENCES extensions (id), 
	CONSTRAINT uq_faxes_uid UNIQUE (uid)
)
 STRICT

;
INSERT INTO "faxes" VALUES(1,'00000000000000000000000000000001',3,1,'2026-02-03T04:05:06.000000+00:00',1,'0a21a10e4d275529680bfea8a3f1c5d5957e0a2d96ef594bd5ef613d12ea2953',3,'Sent',10,NULL,NULL,NULL,'0a21a10e4d275529680bfea8a3f1c5d5957e0a2d96ef594bd5ef613d12ea2953-fd071c3d8bdcf70d',0,NULL,NULL,NULL);
INSERT INTO "faxes" VALUES(2,'00000000000000000000000000000002',3,1,'2026-02-03T04:05:06.000000+00:00',1,'0a21a10e4d275529680bfea8a3f1c5d5957e0a2d96ef594bd5ef613d12ea2953',3,'Scheduled For Sending',10,NULL,NULL,NULL,'0a21a10e4d275529680bfea8a3f1c5d5957e0a2d96ef594bd5ef613d12ea2953-fd071c3d8bdcf70d',0,NULL,NULL,NULL);
INSERT INTO "faxes" VALUES(3,'00000000000000000000000000000003',3,1,'2026-02-03T04:05:06.000000+00:00',1,NULL,NULL,'Pre-Approved',10,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL);
CREATE TABLE hooks (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	extension_id INTEGER NOT NULL, 
	type INTEGER NOT NULL, 
	url TEXT NOT NULL, 
	method INTEGER NOT NULL, 
	status INTEGER NOT NULL, 
	note TEXT NOT NULL, 
	secret INTEGER NOT NULL, 
	rotated_at TEXT, 
	modified_at TEXT NOT NULL, 
	CONSTRAINT ck_hooks_method CHECK (method IN (0, 1, 2)), 
	CONSTRAINT ck_hooks_status CHECK (status IN (0, 1)), 
	CONSTRAINT ck_hooks_type CHECK (type IN (0, 1, 2)), 
	CONSTRAINT fk_hooks_extension_id FOREIGN KEY(extension_id) REFERENCES extensions (id) ON DELETE CASCADE
)
 STRICT

;
CREATE TABLE inbox (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	extension_id INTEGER NOT NULL, 
	fax_id INTEGER, 
	sender TEXT NOT NULL, 
	document TEXT NOT NULL, 
	pages INTEGER NOT NULL, 
	complete INTEGER NOT NULL, 
	called TEXT, 
	far_station_id TEXT, 
	bits_per_second INTEGER, 
	bad_rows INTEGER NOT NULL, 
	sip_call_id TEXT, 
	received_at TEXT NOT NULL, 
	read_at TEXT, 
	told INTEGER NOT NULL, place TEXT, held_at TEXT, forgotten_at TEXT, 
	CONSTRAINT ck_inbox_pages CHECK (pages > 0 AND bad_rows >= 0), 
	CONSTRAINT ck_inbox_complete CHECK (complete IN (0, 1)), 
	CONSTRAINT ck_inbox_told CHECK (told IN (0, 1)), 
	CONSTRAINT fk_inbox_extension_id FOREIGN KEY(extension_id) REFERENCES extensions (id), 
	CONSTRAINT fk_inbox_fax_id FOREIGN KEY(fax_id) REFERENCES faxes (id)
)
 STRICT

;
INSERT INTO "inbox" VALUES(1,2,1,'0003*210','0a21a10e4d275529680bfea8a3f1c5d5957e0a2d96ef594bd5ef613d12ea2953',3,1,NULL,NULL,NULL,0,NULL,'2026-02-03T04:05:06.000000+00:00',NULL,1,'0a21a10e4d275529680bfea8a3f1c5d5957e0a2d96ef594bd5ef613d12ea2953-fd071c3d8bdcf70d',NULL,NULL);
CREATE TABLE inbox_records (
	inbox_id INTEGER NOT NULL, 
	kept_at TEXT NOT NULL, 
	blob BLOB NOT NULL, 
	packets BLOB, 
	CONSTRAINT pk_inbox_records PRIMARY KEY (inbox_id), 
	CONSTRAINT fk_inbox_records_inbox_id FOREIGN KEY(inbox_id) REFERENCES inbox (id) ON DELETE CASCADE
)
 STRICT

;
CREATE TABLE key_prints (
	name TEXT NOT NULL, 
	print TEXT NOT NULL, 
	CONSTRAINT pk_key_prints PRIMARY KEY (name), 
	CONSTRAINT ck_key_prints_print CHECK (length(print) = 64)
)
 STRICT

;
CREATE TABLE keys (
	whose TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	request TEXT NOT NULL, 
	answer TEXT NOT NULL, 
	answered_at TEXT NOT NULL, 
	CONSTRAINT pk_keys PRIMARY KEY (whose, "key"), 
	CONSTRAINT ck_keys_request CHECK (length(request) = 64)
)
 STRICT

;
CREATE TABLE manners (
	destination_id INTEGER NOT NULL, 
	trunk TEXT NOT NULL, 
	t38 INTEGER NOT NULL, 
	ecm INTEGER NOT NULL, 
	modem TEXT NOT NULL, 
	learnt_at TEXT NOT NULL, 
	worked_at TEXT, 
	failed_at TEXT, 
	failures INTEGER NOT NULL, 
	outcome TEXT, 
	media TEXT, 
	bits_per_second INTEGER, 
	CONSTRAINT pk_manners PRIMARY KEY (destination_id, trunk, t38, ecm, modem), 
	CONSTRAINT ck_manners_manner CHECK (t38 IN (0, 1) AND ecm IN (0, 1) AND modem IN ('v17', 'v27ter', 'v29')), 
	CONSTRAINT ck_manners_failed CHECK ((failed_at IS NULL) = (outcome IS NULL)), 
	CONSTRAINT ck_manners_failures CHECK (failures >= 0 AND (failures = 0 OR failed_at IS NOT NULL)), 
	CONSTRAINT fk_manners_destination_id FOREIGN KEY(destination_id) REFERENCES destinations (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "manners" VALUES(1,'sandbox',1,1,'v17','2026-02-03T04:05:06.000000+00:00','2026-02-03T04:05:06.000000+00:00',NULL,0,NULL,NULL,NULL);
CREATE TABLE missed_calls (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	trunk TEXT NOT NULL, 
	sender TEXT NOT NULL, 
	called TEXT NOT NULL, 
	sip_call_id TEXT NOT NULL, 
	begun_at TEXT NOT NULL, 
	missed_at TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	blob BLOB, 
	packets BLOB
)
 STRICT

;
CREATE TABLE notices (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	hook_id INTEGER NOT NULL, 
	event_id INTEGER NOT NULL, 
	replay INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	tries INTEGER NOT NULL, 
	work INTEGER NOT NULL, 
	next_try_at TEXT, 
	tried_at TEXT, 
	http_status INTEGER, 
	trouble TEXT, 
	CONSTRAINT ck_notices_waiting CHECK ((state = 'waiting') = (next_try_at IS NOT NULL)), 
	CONSTRAINT ck_notices_state CHECK (state IN ('waiting', 'told', 'given_up')), 
	CONSTRAINT fk_notices_event_id FOREIGN KEY(event_id) REFERENCES events (id) ON DELETE CASCADE, 
	CONSTRAINT fk_notices_hook_id FOREIGN KEY(hook_id) REFERENCES hooks (id) ON DELETE CASCADE, 
	CONSTRAINT uq_notices_hook_id_event_id_replay UNIQUE (hook_id, event_id, replay)
)
 STRICT

;
CREATE TABLE notifications (
    message_uuid TEXT NOT NULL DEFAULT (hex(randomblob(16))) PRIMARY KEY,
    destination_uuid TEXT NOT NULL,
    topic TEXT,
    message TEXT NOT NULL,
    created_at_epoch_ms INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000), "serialization" TEXT DEFAULT NULL, "consumed" BOOLEAN NOT NULL DEFAULT FALSE, consumed_by_function_id INTEGER,
    FOREIGN KEY (destination_uuid) REFERENCES workflow_status(workflow_uuid) 
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE "operation_outputs" (
    workflow_uuid TEXT NOT NULL,
    function_id INTEGER NOT NULL,
    function_name TEXT NOT NULL DEFAULT '',
    output TEXT,
    error TEXT,
    child_workflow_id TEXT,
    started_at_epoch_ms INTEGER,
    completed_at_epoch_ms INTEGER,
    serialization TEXT,
    application_name TEXT DEFAULT NULL,
    retention_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    PRIMARY KEY (workflow_uuid, function_id)
);
CREATE TABLE page_evidence (
	delivery_id INTEGER NOT NULL, 
	call_number INTEGER NOT NULL, 
	page INTEGER NOT NULL, 
	confirmed_at TEXT NOT NULL, 
	answer TEXT NOT NULL, 
	coding TEXT NOT NULL, 
	ecm INTEGER NOT NULL, 
	bits INTEGER NOT NULL, 
	sha256 TEXT NOT NULL, 
	bits_per_second INTEGER NOT NULL, 
	columns INTEGER NOT NULL, 
	rows INTEGER NOT NULL, 
	rows_per_metre INTEGER NOT NULL, 
	row_bits INTEGER NOT NULL, 
	times_sent INTEGER NOT NULL, 
	repeat_requests INTEGER NOT NULL, 
	blocks_resent INTEGER NOT NULL, 
	CONSTRAINT pk_page_evidence PRIMARY KEY (delivery_id, call_number, page), 
	CONSTRAINT fk_page_evidence_delivery_id_call_number FOREIGN KEY(delivery_id, call_number) REFERENCES calls (delivery_id, number) ON DELETE CASCADE, 
	CONSTRAINT ck_page_evidence_page CHECK (page >= 0), 
	CONSTRAINT ck_page_evidence_ecm CHECK (ecm IN (0, 1)), 
	CONSTRAINT ck_page_evidence_sha256 CHECK (length(sha256) = 64)
)
 STRICT

;
INSERT INTO "page_evidence" VALUES(1,1,0,'2026-02-03T04:05:06.000000+00:00','MCF','MMR',1,96096,'98b8816d5a9f858675fcf86e0a700481b105e3ff7b700934c731b8ab667b1308',14400,1728,2292,7700,0,1,0,0);
INSERT INTO "page_evidence" VALUES(1,1,1,'2026-02-03T04:05:06.000000+00:00','MCF','MMR',1,96096,'0621a1c111cfd4554a172d9ecd490a9a8d6e4e66e0f444491b716fb1d00ab1b9',14400,1728,2292,7700,0,1,0,0);
INSERT INTO "page_evidence" VALUES(1,1,2,'2026-02-03T04:05:06.000000+00:00','MCF','MMR',1,96096,'e49b3988b52f0294eefe8339cd73ed82847ff40c1dfcabbe2ef4da1875ab7f98',14400,1728,2292,7700,0,1,0,0);
CREATE TABLE page_reports (
	fax_id INTEGER NOT NULL, 
	reports TEXT NOT NULL, 
	CONSTRAINT pk_page_reports PRIMARY KEY (fax_id), 
	CONSTRAINT fk_page_reports_fax_id FOREIGN KEY(fax_id) REFERENCES faxes (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "page_reports" VALUES(1,'[{"number":1,"file":0,"resolution":"fine","rows":2287,"treatment":"text","octets":{"MH":50000,"MR":40000,"MMR":30000},"warnings":[]},{"number":2,"file":0,"resolution":"fine","rows":2287,"treatment":"text","octets":{"MH":50000,"MR":40000,"MMR":30000},"warnings":[]},{"number":3,"file":0,"resolution":"fine","rows":2287,"treatment":"text","octets":{"MH":50000,"MR":40000,"MMR":30000},"warnings":[]}]');
INSERT INTO "page_reports" VALUES(2,'[{"number":1,"file":0,"resolution":"fine","rows":2287,"treatment":"text","octets":{"MH":50000,"MR":40000,"MMR":30000},"warnings":[]},{"number":2,"file":0,"resolution":"fine","rows":2287,"treatment":"text","octets":{"MH":50000,"MR":40000,"MMR":30000},"warnings":[]},{"number":3,"file":0,"resolution":"fine","rows":2287,"treatment":"text","octets":{"MH":50000,"MR":40000,"MMR":30000},"warnings":[]}]');
CREATE TABLE queues (
    queue_id TEXT PRIMARY KEY DEFAULT (hex(randomblob(16))),
    name TEXT NOT NULL UNIQUE,
    concurrency INTEGER,
    worker_concurrency INTEGER,
    rate_limit_max INTEGER,
    rate_limit_period_sec REAL,
    priority_enabled BOOLEAN NOT NULL DEFAULT FALSE,
    partition_queue BOOLEAN NOT NULL DEFAULT FALSE,
    polling_interval_sec REAL NOT NULL DEFAULT 1.0,
    created_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    updated_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
, "application_name" TEXT DEFAULT NULL, "partition_concurrency" INTEGER DEFAULT NULL, "partition_worker_concurrency" INTEGER DEFAULT NULL, "partition_rate_limit_max" INTEGER DEFAULT NULL, "partition_rate_limit_period_sec" REAL DEFAULT NULL);
CREATE TABLE receptions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	extension_id INTEGER NOT NULL, 
	trunk TEXT NOT NULL, 
	sender TEXT NOT NULL, 
	called TEXT NOT NULL, 
	sip_call_id TEXT NOT NULL, 
	begun_at TEXT NOT NULL, 
	pages INTEGER NOT NULL, 
	complete INTEGER NOT NULL, 
	far_station_id TEXT, 
	bits_per_second INTEGER, 
	bad_rows INTEGER NOT NULL, host TEXT, 
	CONSTRAINT ck_receptions_complete CHECK (complete IN (0, 1)), 
	CONSTRAINT ck_receptions_counts CHECK (pages >= 0 AND bad_rows >= 0), 
	CONSTRAINT fk_receptions_extension_id FOREIGN KEY(extension_id) REFERENCES extensions (id)
)
 STRICT

;
CREATE TABLE sessions (
	sha256 TEXT NOT NULL, 
	account_id INTEGER NOT NULL, 
	created_at TEXT NOT NULL, 
	expires_at TEXT NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (sha256), 
	CONSTRAINT ck_sessions_sha256 CHECK (length(sha256) = 64), 
	CONSTRAINT fk_sessions_account_id FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
)
 STRICT

;
CREATE TABLE sip_counts (
	process TEXT NOT NULL, 
	began_at TEXT NOT NULL, 
	strangers INTEGER NOT NULL, 
	knocks INTEGER NOT NULL, 
	floods INTEGER NOT NULL, 
	malformed INTEGER NOT NULL, 
	refused INTEGER NOT NULL, 
	seen_at TEXT NOT NULL, 
	CONSTRAINT pk_sip_counts PRIMARY KEY (process)
)
 STRICT

;
CREATE TABLE streams (
    workflow_uuid TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    "offset" INTEGER NOT NULL, function_id INTEGER NOT NULL DEFAULT 0, "serialization" TEXT DEFAULT NULL,
    PRIMARY KEY (workflow_uuid, key, "offset"),
    FOREIGN KEY (workflow_uuid) REFERENCES workflow_status(workflow_uuid) 
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE tallies (
	what TEXT NOT NULL, 
	trunk TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	times INTEGER NOT NULL, 
	pages INTEGER NOT NULL, 
	seconds REAL NOT NULL, 
	CONSTRAINT pk_tallies PRIMARY KEY (what, trunk, outcome), 
	CONSTRAINT ck_tallies_counts CHECK (times >= 0 AND pages >= 0 AND seconds >= 0)
)
 STRICT

;
INSERT INTO "tallies" VALUES('paper','','made',2,6,0.0);
INSERT INTO "tallies" VALUES('call','sandbox','sent',1,3,0.0);
INSERT INTO "tallies" VALUES('call','sandbox','busy',1,0,0.0);
CREATE TABLE tokens (
	sha256 TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	consent TEXT NOT NULL, 
	app_id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	created_at TEXT NOT NULL, 
	expires_at TEXT NOT NULL, 
	used_at TEXT, 
	CONSTRAINT pk_tokens PRIMARY KEY (sha256), 
	CONSTRAINT ck_tokens_kind CHECK (kind IN ('access', 'refresh')), 
	CONSTRAINT ck_tokens_sha256 CHECK (length(sha256) = 64), 
	CONSTRAINT fk_tokens_account_id FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE, 
	CONSTRAINT fk_tokens_app_id FOREIGN KEY(app_id) REFERENCES apps (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "tokens" VALUES('5d394f7683d3b77e37c3aa0862a8a60d422b257334ee550a121fe3f2e68bf83b','access','5d394f7683d3b77e37c3aa0862a8a60d422b257334ee550a121fe3f2e68bf83b',1,1,'2026-02-03T04:05:06.000000+00:00','2026-02-03T05:05:06.000000+00:00',NULL);
INSERT INTO "tokens" VALUES('8490df4b019cf019e7237b3189dcb5b5c22260876ebf4575ffdf3bafb4a991ee','access','8490df4b019cf019e7237b3189dcb5b5c22260876ebf4575ffdf3bafb4a991ee',2,2,'2026-02-03T04:05:06.000000+00:00','2026-02-03T05:05:06.000000+00:00',NULL);
INSERT INTO "tokens" VALUES('d3970c9efe890cd676ba1ff573a3ea783c44ab0e71ab27b75e147973ef633239','access','d3970c9efe890cd676ba1ff573a3ea783c44ab0e71ab27b75e147973ef633239',3,3,'2026-02-03T04:05:06.000000+00:00','2026-02-03T05:05:06.000000+00:00',NULL);
INSERT INTO "tokens" VALUES('58f81392508c51a97e1a7b1ac5c45b2e478e5a9a041b4b4a784475e4c2aaf3b5','access','58f81392508c51a97e1a7b1ac5c45b2e478e5a9a041b4b4a784475e4c2aaf3b5',4,4,'2026-02-03T04:05:06.000000+00:00','2026-02-03T05:05:06.000000+00:00',NULL);
INSERT INTO "tokens" VALUES('293962bc14c19e3c89c94de54b3a5f12c5631c86950c9f822c4fae026a02b055','access','293962bc14c19e3c89c94de54b3a5f12c5631c86950c9f822c4fae026a02b055',5,6,'2026-02-03T04:05:06.000000+00:00','2026-02-03T05:05:06.000000+00:00',NULL);
CREATE TABLE trunk_health (
	process TEXT NOT NULL, 
	trunk TEXT NOT NULL, 
	server TEXT NOT NULL, 
	is_up INTEGER, 
	since TEXT, 
	status INTEGER, 
	registered_until TEXT, 
	seen_at TEXT NOT NULL, 
	CONSTRAINT pk_trunk_health PRIMARY KEY (process, trunk, server), 
	CONSTRAINT ck_trunk_health_is_up CHECK (is_up IN (0, 1)), 
	CONSTRAINT ck_trunk_health_since CHECK ((is_up IS NULL) = (since IS NULL))
)
 STRICT

;
CREATE TABLE uploads (
	fax_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	bytes INTEGER NOT NULL, 
	sha256 TEXT, 
	expires_at TEXT NOT NULL, 
	kind TEXT, 
	blob TEXT, 
	pages INTEGER, place TEXT, 
	CONSTRAINT pk_uploads PRIMARY KEY (fax_id, position), 
	CONSTRAINT ck_uploads_come CHECK ((blob IS NULL) = (kind IS NULL) AND (blob IS NULL) = (pages IS NULL)), 
	CONSTRAINT ck_uploads_bytes CHECK (bytes >= 0), 
	CONSTRAINT ck_uploads_sha256 CHECK (length(sha256) = 64), 
	CONSTRAINT fk_uploads_fax_id FOREIGN KEY(fax_id) REFERENCES faxes (id) ON DELETE CASCADE
)
 STRICT

;
CREATE TABLE workflow_events (
    workflow_uuid TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL, "serialization" TEXT DEFAULT NULL,
    PRIMARY KEY (workflow_uuid, key),
    FOREIGN KEY (workflow_uuid) REFERENCES workflow_status(workflow_uuid) 
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE workflow_events_history (
    workflow_uuid TEXT NOT NULL,
    function_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL, "serialization" TEXT DEFAULT NULL,
    PRIMARY KEY (workflow_uuid, function_id, key),
    FOREIGN KEY (workflow_uuid) REFERENCES workflow_status(workflow_uuid)
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE workflow_input (
    workflow_uuid TEXT NOT NULL PRIMARY KEY,
    inputs TEXT,
    retention_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
);
INSERT INTO "workflow_input" VALUES('prepare.1.1','{"namedArgs":{},"positionalArgs":[1,1]}',1795853638000);
INSERT INTO "workflow_input" VALUES('prepare.2.1','{"namedArgs":{},"positionalArgs":[2,1]}',1795853638000);
INSERT INTO "workflow_input" VALUES('call.1.1','{"namedArgs":{},"positionalArgs":[1,1,1]}',1795853638000);
INSERT INTO "workflow_input" VALUES('call.3.1','{"namedArgs":{},"positionalArgs":[3,1,1]}',1795853638000);
INSERT INTO "workflow_input" VALUES('call.3.2','{"namedArgs":{},"positionalArgs":[3,2,2]}',1795853639000);
INSERT INTO "workflow_input" VALUES('prepare.3.1','{"namedArgs":{},"positionalArgs":[3,1]}',1795853640000);
CREATE TABLE workflow_output (
    workflow_uuid TEXT NOT NULL PRIMARY KEY,
    output TEXT,
    error TEXT,
    retention_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
);
CREATE TABLE workflow_schedules (
    schedule_id TEXT PRIMARY KEY,
    schedule_name TEXT NOT NULL UNIQUE,
    workflow_name TEXT NOT NULL,
    workflow_class_name TEXT,
    schedule TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'ACTIVE',
    context TEXT NOT NULL
, "last_fired_at" TEXT DEFAULT NULL, "automatic_backfill" BOOLEAN NOT NULL DEFAULT FALSE, "cron_timezone" TEXT DEFAULT NULL, "queue_name" TEXT DEFAULT NULL, "application_name" TEXT DEFAULT NULL);
CREATE TABLE workflow_status (
    workflow_uuid TEXT PRIMARY KEY,
    status TEXT,
    name TEXT,
    authenticated_user TEXT,
    assumed_role TEXT,
    authenticated_roles TEXT,
    request TEXT,
    output TEXT,
    error TEXT,
    executor_id TEXT,
    created_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    updated_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    application_version TEXT,
    application_id TEXT,
    class_name TEXT DEFAULT NULL,
    config_name TEXT DEFAULT NULL,
    recovery_attempts INTEGER DEFAULT 0,
    queue_name TEXT,
    workflow_timeout_ms INTEGER,
    workflow_deadline_epoch_ms INTEGER,
    inputs TEXT,
    started_at_epoch_ms INTEGER,
    deduplication_id TEXT,
    priority INTEGER NOT NULL DEFAULT 0
, queue_partition_key TEXT, forked_from TEXT, "owner_xid" TEXT DEFAULT NULL, "parent_workflow_id" TEXT DEFAULT NULL, "serialization" TEXT DEFAULT NULL, "delay_until_epoch_ms" BIGINT DEFAULT NULL, "was_forked_from" BOOLEAN NOT NULL DEFAULT FALSE, "rate_limited" BOOLEAN NOT NULL DEFAULT FALSE, "completed_at" BIGINT, "attributes" TEXT, "schedule_name" TEXT, "debounce_deadline_epoch_ms" BIGINT DEFAULT NULL, "is_debounced" BOOLEAN NOT NULL DEFAULT FALSE, "application_name" TEXT DEFAULT NULL, "creator_xid" TEXT DEFAULT NULL);
INSERT INTO "workflow_status" VALUES('prepare.1.1','ENQUEUED','prepare',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795853638000,1795853638000,NULL,NULL,NULL,NULL,0,'prepare',NULL,NULL,NULL,NULL,NULL,700001000,NULL,NULL,NULL,NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'unifax','a04c7ee6-cf9a-4e4d-9884-32613b8476ee');
INSERT INTO "workflow_status" VALUES('prepare.2.1','ENQUEUED','prepare',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795853638000,1795853638000,NULL,NULL,NULL,NULL,0,'prepare',NULL,NULL,NULL,NULL,NULL,700001002,NULL,NULL,NULL,NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'unifax','90f5f465-224e-4d3d-adda-da2ebdefe28c');
INSERT INTO "workflow_status" VALUES('call.1.1','ENQUEUED','call',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795853638000,1795853638000,NULL,NULL,NULL,NULL,0,'trunk.sandbox',NULL,NULL,NULL,NULL,NULL,700001000,NULL,NULL,NULL,NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'unifax','71b16a6f-5983-4013-a013-8053241efd44');
INSERT INTO "workflow_status" VALUES('call.3.1','ENQUEUED','call',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795853638000,1795853638000,NULL,NULL,NULL,NULL,0,'trunk.sandbox',NULL,NULL,NULL,NULL,NULL,700001001,NULL,NULL,NULL,NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'unifax','bb9ef344-89fd-4936-9d63-c1c178c6142a');
INSERT INTO "workflow_status" VALUES('call.3.2','DELAYED','call',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795853639000,1795853639000,NULL,NULL,NULL,NULL,0,'trunk.sandbox',NULL,NULL,NULL,NULL,NULL,700001000,NULL,NULL,NULL,NULL,'portable_json',1795853819658,0,0,NULL,'null',NULL,NULL,0,'unifax','96addccd-8190-4b52-aab9-3fd30b568183');
INSERT INTO "workflow_status" VALUES('prepare.3.1','ENQUEUED','prepare',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795853640000,1795853640000,NULL,NULL,NULL,NULL,0,'prepare',NULL,NULL,NULL,NULL,NULL,700001000,NULL,NULL,NULL,NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'unifax','19b05f26-0c35-410a-8297-c33709520496');
CREATE INDEX ix_accounts_parent_id ON accounts (parent_id);
CREATE INDEX ix_destinations_tried_at ON destinations (tried_at);
CREATE INDEX ix_manners_learnt_at ON manners (learnt_at);
CREATE INDEX ix_apps_account_id ON apps (account_id);
CREATE INDEX ix_extensions_owner_id ON extensions (owner_id);
CREATE INDEX ix_extensions_short ON extensions (short);
CREATE INDEX ix_dids_extension_id ON dids (extension_id);
CREATE INDEX ix_receptions_extension_id ON receptions (extension_id);
CREATE INDEX ix_sessions_account_id ON sessions (account_id);
CREATE INDEX ix_sessions_expires_at ON sessions (expires_at);
CREATE INDEX ix_codes_app_id ON codes (app_id);
CREATE INDEX ix_codes_expires_at ON codes (expires_at);
CREATE INDEX ix_faxes_account_id_id ON faxes (account_id, id);
CREATE INDEX ix_faxes_extension_id_id ON faxes (extension_id, id);
CREATE INDEX ix_faxes_give_up_at ON faxes (give_up_at) WHERE give_up_at IS NOT NULL;
CREATE INDEX ix_hooks_extension_id ON hooks (extension_id);
CREATE INDEX ix_keys_answered_at ON keys (answered_at);
CREATE INDEX ix_tokens_app_id ON tokens (app_id);
CREATE INDEX ix_tokens_consent ON tokens (consent);
CREATE INDEX ix_tokens_expires_at ON tokens (expires_at);
CREATE INDEX ix_deliveries_cancel ON deliveries (id) WHERE cancel_at IS NOT NULL;
CREATE INDEX ix_deliveries_number ON deliveries (number, fax_id);
CREATE INDEX ix_deliveries_open ON deliveries (id) WHERE state IN ('calling', 'preparing', 'waiting');
CREATE UNIQUE INDEX ux_deliveries_calling ON deliveries (number) WHERE state = 'calling';
CREATE INDEX ix_inbox_extension_id_id ON inbox (extension_id, id);
CREATE INDEX ix_uploads_expires_at ON uploads (expires_at);
CREATE INDEX ix_call_records_kept_at ON call_records (kept_at);
CREATE INDEX ix_inbox_records_kept_at ON inbox_records (kept_at);
CREATE INDEX ix_events_extension_id_id ON events (extension_id, id);
CREATE INDEX ix_events_fax_id_id ON events (fax_id, id);
CREATE INDEX ix_notices_event_id ON notices (event_id);
CREATE INDEX ix_notices_hook_id_id ON notices (hook_id, id);
CREATE INDEX ix_notices_waiting ON notices (next_try_at) WHERE state = 'waiting';
CREATE INDEX ix_audit_log_account_id_id ON audit_log (account_id, id);
CREATE TRIGGER deliveries_moves BEFORE UPDATE OF state ON deliveries WHEN 
    OLD.state <> NEW.state AND NOT (
        (OLD.state = 'uploading' AND NEW.state IN ('cancelled', 'failed', 'preparing'))
        OR (OLD.state = 'preparing' AND NEW.state IN ('cancelled', 'failed', 'sent', 'waiting'))
        OR (OLD.state = 'waiting' AND NEW.state IN ('calling', 'cancelled', 'failed', 'sent', 'uncertain'))
        OR (OLD.state = 'calling' AND NEW.state IN ('cancelled', 'failed', 'sent', 'uncertain', 'waiting'))
        OR (OLD.state = 'failed' AND NEW.state IN ('preparing', 'waiting'))
        OR (OLD.state = 'cancelled' AND NEW.state IN ('preparing', 'waiting'))
        OR (OLD.state = 'uncertain' AND NEW.state IN ('waiting'))
    )
 BEGIN SELECT RAISE(ABORT, 'a delivery does not move that way'); END;
CREATE TRIGGER audit_log_stays_update BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'nothing is changed in audit_log'); END;
CREATE TRIGGER audit_log_stays_delete BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'nothing is changed in audit_log'); END;
CREATE TRIGGER audit_heads_stays_update BEFORE UPDATE ON audit_heads BEGIN SELECT RAISE(ABORT, 'nothing is changed in audit_heads'); END;
CREATE TRIGGER audit_heads_stays_delete BEFORE DELETE ON audit_heads BEGIN SELECT RAISE(ABORT, 'nothing is changed in audit_heads'); END;
CREATE INDEX ix_missed_calls_missed_at ON missed_calls (missed_at);
CREATE INDEX ix_fax_files_place ON fax_files (place);
CREATE INDEX ix_uploads_place ON uploads (place);
CREATE INDEX ix_faxes_place ON faxes (place);
CREATE INDEX ix_inbox_place ON inbox (place);
CREATE INDEX ix_deliveries_preparing ON deliveries (organization_id, id) WHERE state = 'preparing';
CREATE INDEX ix_deliveries_waiting ON deliveries (organization_id, trunk, next_call_at, id) WHERE state = 'waiting';
CREATE UNIQUE INDEX ux_deletions_fax_id ON deletions (fax_id);
CREATE UNIQUE INDEX ux_deletions_inbox_id ON deletions (inbox_id);
CREATE INDEX workflow_status_created_at_index ON workflow_status (created_at);
CREATE INDEX idx_workflow_topic ON notifications (destination_uuid, topic);
CREATE INDEX "idx_workflow_status_delayed" ON "workflow_status" ("delay_until_epoch_ms") WHERE status = 'DELAYED';
CREATE INDEX "idx_workflow_status_forked_from" ON "workflow_status" ("forked_from") WHERE "forked_from" IS NOT NULL;
CREATE INDEX "idx_workflow_status_parent_workflow_id" ON "workflow_status" ("parent_workflow_id") WHERE "parent_workflow_id" IS NOT NULL;
CREATE UNIQUE INDEX "uq_workflow_status_dedup_id" ON "workflow_status" ("queue_name", "deduplication_id") WHERE "deduplication_id" IS NOT NULL;
CREATE INDEX "idx_workflow_status_pending" ON "workflow_status" ("created_at") WHERE "status" = 'PENDING';
CREATE INDEX "idx_workflow_status_failed" ON "workflow_status" ("status", "created_at") WHERE "status" IN ('ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED');
CREATE INDEX "idx_workflow_status_rate_limited" ON "workflow_status" ("queue_name", "started_at_epoch_ms") WHERE "rate_limited" = TRUE;
CREATE INDEX "idx_workflow_status_completed_at" ON "workflow_status" ("completed_at") WHERE "completed_at" IS NOT NULL;
CREATE INDEX "idx_workflow_status_started_at" ON "workflow_status" ("started_at_epoch_ms") WHERE "started_at_epoch_ms" IS NOT NULL;
CREATE INDEX "idx_workflow_status_schedule_name" ON "workflow_status" ("schedule_name") WHERE "schedule_name" IS NOT NULL;
CREATE UNIQUE INDEX "uq_application_versions_owner_version"
    ON application_versions ("application_name", "version_name")
    WHERE "application_name" IS NOT NULL;
CREATE UNIQUE INDEX "uq_application_versions_unclaimed_version"
    ON application_versions ("version_name")
    WHERE "application_name" IS NULL;
CREATE INDEX idx_workflow_input_retention
    ON workflow_input (retention_timestamp);
CREATE INDEX idx_workflow_output_retention
    ON workflow_output (retention_timestamp);
CREATE INDEX idx_operation_outputs_retention
    ON operation_outputs (retention_timestamp);
CREATE INDEX "idx_workflow_status_in_flight_v2" ON "workflow_status" ("queue_name", "status", "priority", "created_at", "application_name") WHERE "status" IN ('ENQUEUED', 'PENDING');
CREATE INDEX "idx_workflow_status_partition_dequeue_v3" ON "workflow_status" ("queue_name", "status", "queue_partition_key", "priority", "created_at", "workflow_uuid", "application_name") WHERE "status" IN ('ENQUEUED', 'PENDING') AND "queue_partition_key" IS NOT NULL;
CREATE INDEX "idx_operation_outputs_completed_at_function_name_v2" ON "operation_outputs" ("completed_at_epoch_ms", "function_name", "application_name");
CREATE INDEX "idx_workflow_status_deadline" ON "workflow_status" ("workflow_deadline_epoch_ms") WHERE "status" IN ('ENQUEUED', 'PENDING', 'DELAYED') AND "workflow_deadline_epoch_ms" IS NOT NULL;
CREATE INDEX "idx_application_versions_timestamp" ON "application_versions" ("version_timestamp" DESC);
CREATE INDEX "idx_application_versions_owner_timestamp" ON "application_versions" ("application_name", "version_timestamp" DESC);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('accounts',6);
INSERT INTO "sqlite_sequence" VALUES('apps',5);
INSERT INTO "sqlite_sequence" VALUES('extensions',3);
INSERT INTO "sqlite_sequence" VALUES('faxes',3);
INSERT INTO "sqlite_sequence" VALUES('deliveries',4);
INSERT INTO "sqlite_sequence" VALUES('events',22);
INSERT INTO "sqlite_sequence" VALUES('notices',0);
INSERT INTO "sqlite_sequence" VALUES('inbox',1);
INSERT INTO "sqlite_sequence" VALUES('destinations',2);
COMMIT;
