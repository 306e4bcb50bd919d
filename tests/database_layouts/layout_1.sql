-- Layout 1 of the benchmark database, as SQLite had it. Frozen: a newer program must open it.

CREATE TABLE cfanalysis_about (
	"key" VARCHAR(40) NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY ("key")
);

CREATE TABLE erasures (
	id INTEGER NOT NULL,
	erased_at VARCHAR(27) NOT NULL,
	digest VARCHAR(64) NOT NULL,
	first_at VARCHAR(27),
	rows INTEGER NOT NULL,
	readmitted_at VARCHAR(27),
	PRIMARY KEY (id)
);

CREATE TABLE instruments (
	id INTEGER NOT NULL,
	name TEXT NOT NULL,
	version TEXT NOT NULL,
	title TEXT NOT NULL,
	file TEXT NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	text TEXT NOT NULL,
	items TEXT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (sha256)
);

CREATE TABLE organizations (
	id INTEGER NOT NULL,
	"key" TEXT NOT NULL,
	name TEXT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE ("key")
);

CREATE TABLE waves (
	id INTEGER NOT NULL,
	name TEXT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (name)
);

CREATE TABLE imports (
	id INTEGER NOT NULL,
	kind VARCHAR(20) NOT NULL,
	file TEXT NOT NULL,
	bytes BIGINT NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	recipe TEXT NOT NULL,
	instrument_id INTEGER NOT NULL,
	imported_at VARCHAR(27) NOT NULL,
	ended_at VARCHAR(27),
	ended_why VARCHAR(20),
	replaced_by INTEGER,
	rows_in INTEGER NOT NULL,
	rows_kept INTEGER NOT NULL,
	rows_numbered INTEGER NOT NULL,
	log BLOB NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(instrument_id) REFERENCES instruments (id),
	FOREIGN KEY(replaced_by) REFERENCES imports (id)
);

CREATE TABLE respondents (
	id INTEGER NOT NULL,
	organization_id INTEGER NOT NULL,
	scope INTEGER NOT NULL,
	code TEXT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (organization_id, scope, code),
	FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE TABLE aliases (
	import_id INTEGER NOT NULL,
	"key" TEXT NOT NULL,
	organization_id INTEGER NOT NULL,
	name TEXT NOT NULL,
	PRIMARY KEY (import_id, "key"),
	FOREIGN KEY(import_id) REFERENCES imports (id),
	FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE TABLE facts (
	import_id INTEGER NOT NULL,
	"row" INTEGER NOT NULL,
	organization_id INTEGER NOT NULL,
	name TEXT NOT NULL,
	facts TEXT NOT NULL,
	PRIMARY KEY (import_id, "row"),
	FOREIGN KEY(import_id) REFERENCES imports (id),
	FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE TABLE import_organizations (
	import_id INTEGER NOT NULL,
	organization_id INTEGER NOT NULL,
	wave TEXT NOT NULL,
	name TEXT NOT NULL,
	rows INTEGER NOT NULL,
	PRIMARY KEY (import_id, organization_id, wave),
	FOREIGN KEY(import_id) REFERENCES imports (id),
	FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE TABLE outcomes (
	import_id INTEGER NOT NULL,
	"row" INTEGER NOT NULL,
	organization_id INTEGER NOT NULL,
	name TEXT NOT NULL,
	wave TEXT NOT NULL,
	outcome TEXT NOT NULL,
	value FLOAT NOT NULL,
	n BIGINT,
	PRIMARY KEY (import_id, "row"),
	FOREIGN KEY(import_id) REFERENCES imports (id),
	FOREIGN KEY(organization_id) REFERENCES organizations (id)
);

CREATE TABLE profiles (
	id INTEGER NOT NULL,
	import_id INTEGER NOT NULL,
	facts TEXT NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(import_id) REFERENCES imports (id)
);

CREATE INDEX profiles_of_import ON profiles (import_id);

CREATE TABLE responses (
	import_id INTEGER NOT NULL,
	respondent_id INTEGER NOT NULL,
	wave_id INTEGER NOT NULL,
	profile_id INTEGER NOT NULL,
	seconds FLOAT,
	answers BLOB NOT NULL,
	texts TEXT,
	PRIMARY KEY (import_id, respondent_id, wave_id),
	FOREIGN KEY(import_id) REFERENCES imports (id),
	FOREIGN KEY(respondent_id) REFERENCES respondents (id),
	FOREIGN KEY(wave_id) REFERENCES waves (id),
	FOREIGN KEY(profile_id) REFERENCES profiles (id)
)
 WITHOUT ROWID;
