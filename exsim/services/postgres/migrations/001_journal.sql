-- Venues, who writes them, their journals, snapshots and the index of what messages say.

CREATE TABLE exsim.venue (
    venue text PRIMARY KEY,
    number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,  -- names its partition: batch_NUMBER
    epoch bigint NOT NULL DEFAULT 1,
    noted bigint NOT NULL DEFAULT 0  -- an entry that the epoch had: fewer by now are a loss
);

-- Who may write: one at a time for each venue, told from those before by the term.
CREATE TABLE exsim.lease (
    venue text PRIMARY KEY,
    term bigint NOT NULL,
    node text NOT NULL,
    expires timestamptz NOT NULL,
    address text NOT NULL DEFAULT '',
    endpoints jsonb NOT NULL DEFAULT '{}',
    wanted text,
    wanted_at timestamptz
);

CREATE TABLE exsim.node (
    node text PRIMARY KEY,
    address text NOT NULL DEFAULT '',
    room integer NOT NULL DEFAULT 0,
    seen timestamptz NOT NULL DEFAULT clock_timestamp(),
    pid integer NOT NULL DEFAULT 0,
    version text NOT NULL DEFAULT ''
);

-- The journal: a row has the same bytes as a batch in a segment file, with its checksum. What is sent
-- again, since nobody knows whether it arrived, begins with the same entry: so of two there is one.
CREATE TABLE exsim.batch (
    venue text NOT NULL,
    epoch bigint NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL,
    term bigint NOT NULL,
    written timestamptz NOT NULL DEFAULT clock_timestamp(),
    data bytea NOT NULL,
    PRIMARY KEY (venue, epoch, first) INCLUDE (last)
) PARTITION BY LIST (venue);
ALTER TABLE exsim.batch ALTER COLUMN data SET STORAGE EXTERNAL;  -- no time for compressing it

CREATE TABLE exsim.snapshot (
    venue text NOT NULL,
    epoch bigint NOT NULL,
    seq bigint NOT NULL,
    term bigint NOT NULL,
    written timestamptz NOT NULL DEFAULT clock_timestamp(),
    data bytea NOT NULL,
    PRIMARY KEY (venue, epoch, seq)
);
ALTER TABLE exsim.snapshot ALTER COLUMN data SET STORAGE EXTERNAL;

-- The index is derived: how far it is, then each message and the identifiers in it.
CREATE TABLE exsim.indexed (
    venue text PRIMARY KEY,
    epoch bigint NOT NULL,
    last bigint NOT NULL
);

CREATE TABLE exsim.message (
    venue text NOT NULL,
    epoch bigint NOT NULL,
    seq bigint NOT NULL,
    batch bigint NOT NULL,  -- the first entry of the batch that has it
    time bigint NOT NULL,  -- nanoseconds since 1970 UTC
    session text NOT NULL,
    type text NOT NULL,
    latest bigint NOT NULL,  -- the latest time up to here: it never falls, though a clock may
    PRIMARY KEY (venue, epoch, seq)
);
CREATE INDEX message_by_session ON exsim.message (venue, epoch, session, type, seq);
CREATE INDEX message_by_type ON exsim.message (venue, epoch, type, seq);
CREATE INDEX message_by_latest ON exsim.message (venue, epoch, latest, seq);

CREATE TABLE exsim.identifier (
    venue text NOT NULL,
    epoch bigint NOT NULL,
    field bytea NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (venue, epoch, field, seq)
);

-- A venue has its partition from the first time on. It is attached rather than made in place, since
-- that does not keep the writers of other venues waiting; and with the rights of the schema's owner,
-- so that those who write need none to make tables.
CREATE FUNCTION exsim.add_venue(name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    partition text;
BEGIN
    INSERT INTO exsim.venue (venue) VALUES (name) ON CONFLICT DO NOTHING
        RETURNING 'batch_' || number INTO partition;
    IF partition IS NOT NULL THEN
        EXECUTE format('CREATE TABLE exsim.%I (LIKE exsim.batch INCLUDING ALL)', partition);
        EXECUTE format(
            'ALTER TABLE exsim.batch ATTACH PARTITION exsim.%I FOR VALUES IN (%L)', partition, name
        );
    END IF;
END
$$;
