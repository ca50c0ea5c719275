SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE SCHEMA dbos;
CREATE FUNCTION dbos.enqueue_workflow(workflow_name text, queue_name text, positional_args json[] DEFAULT ARRAY[]::json[], named_args json DEFAULT '{}'::json, class_name text DEFAULT NULL::text, config_name text DEFAULT NULL::text, workflow_id text DEFAULT NULL::text, app_version text DEFAULT NULL::text, timeout_ms bigint DEFAULT NULL::bigint, deadline_epoch_ms bigint DEFAULT NULL::bigint, deduplication_id text DEFAULT NULL::text, priority integer DEFAULT NULL::integer, queue_partition_key text DEFAULT NULL::text, authenticated_user text DEFAULT NULL::text, authenticated_roles text DEFAULT NULL::text, delay_until_epoch_ms bigint DEFAULT NULL::bigint, application_name text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_workflow_id TEXT;
    v_serialized_inputs TEXT;
    v_owner_xid TEXT;
    v_now BIGINT;
    v_recovery_attempts INT4 := 0;
    v_priority INT4;
    v_status TEXT;
BEGIN
    -- Validate required parameters
    IF workflow_name IS NULL OR workflow_name = '' THEN
        RAISE EXCEPTION 'Workflow name cannot be null or empty';
    END IF;
    IF queue_name IS NULL OR queue_name = '' THEN
        RAISE EXCEPTION 'Queue name cannot be null or empty';
    END IF;
    IF named_args IS NOT NULL AND jsonb_typeof(named_args::jsonb) != 'object' THEN
        RAISE EXCEPTION 'Named args must be a JSON object';
    END IF;
    IF workflow_id IS NOT NULL AND workflow_id = '' THEN
        RAISE EXCEPTION 'Workflow ID cannot be an empty string if provided.';
    END IF;
    IF delay_until_epoch_ms IS NOT NULL AND delay_until_epoch_ms < 0 THEN
        RAISE EXCEPTION 'delay_until_epoch_ms must be >= 0';
    END IF;
    v_workflow_id := COALESCE(workflow_id, gen_random_uuid()::TEXT);
    v_owner_xid := gen_random_uuid()::TEXT;
    v_priority := COALESCE(priority, 0);
    v_serialized_inputs := json_build_object(
        'positionalArgs', positional_args,
        'namedArgs', named_args
    )::TEXT;
    v_now := EXTRACT(epoch FROM now()) * 1000;
    v_status := CASE WHEN delay_until_epoch_ms IS NULL THEN 'ENQUEUED' ELSE 'DELAYED' END;
    INSERT INTO "dbos".workflow_status (
        workflow_uuid, status,
        name, class_name, config_name,
        queue_name, deduplication_id, priority, queue_partition_key,
        application_version,
        created_at, updated_at, recovery_attempts,
        workflow_timeout_ms, workflow_deadline_epoch_ms,
        parent_workflow_id, owner_xid, serialization,
        authenticated_user, authenticated_roles,
        delay_until_epoch_ms, application_name
    ) VALUES (
        v_workflow_id, v_status,
        workflow_name, class_name, config_name,
        queue_name, deduplication_id, v_priority, queue_partition_key,
        app_version,
        v_now, v_now, v_recovery_attempts,
        timeout_ms, deadline_epoch_ms,
        NULL, v_owner_xid, 'portable_json',
        authenticated_user, authenticated_roles,
        delay_until_epoch_ms, application_name
    )
    ON CONFLICT (workflow_uuid)
    DO UPDATE SET
        updated_at = EXCLUDED.updated_at;
    INSERT INTO "dbos".workflow_input (
        workflow_uuid, inputs, retention_timestamp
    ) VALUES (
        v_workflow_id, v_serialized_inputs, v_now
    )
    ON CONFLICT (workflow_uuid) DO NOTHING;
    RETURN v_workflow_id;
EXCEPTION
    WHEN unique_violation THEN
        RAISE EXCEPTION 'DBOS queue duplicated'
            USING DETAIL = format('Workflow %s with queue %s and deduplication ID %s already exists', v_workflow_id, queue_name, deduplication_id),
                ERRCODE = 'unique_violation';
END;
$$;
CREATE FUNCTION dbos.notifications_function() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    payload text := NEW.destination_uuid || '::' || NEW.topic;
BEGIN
    PERFORM pg_notify('dbos_notifications_channel', payload);
    RETURN NEW;
END;
$$;
CREATE FUNCTION dbos.send_message(destination_id text, message json, topic text DEFAULT NULL::text, message_id text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_topic TEXT := COALESCE(topic, '__null__topic__');
    v_message_id TEXT := COALESCE(message_id, gen_random_uuid()::TEXT);
BEGIN
    INSERT INTO "dbos".notifications (
        destination_uuid, topic, message, message_uuid, serialization
    ) VALUES (
        destination_id, v_topic, message, v_message_id, 'portable_json'
    )
    ON CONFLICT (message_uuid) DO NOTHING;
EXCEPTION
    WHEN foreign_key_violation THEN
        RAISE EXCEPTION 'DBOS non-existent workflow'
            USING DETAIL = format('Destination workflow %s does not exist', destination_id),
                ERRCODE = 'foreign_key_violation';
END;
$$;
CREATE FUNCTION public.audit_heads_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE integrity_constraint_violation USING MESSAGE = 'nothing is changed in audit_heads'; END $$;
CREATE FUNCTION public.audit_log_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE integrity_constraint_violation USING MESSAGE = 'nothing is changed in audit_log'; END $$;
CREATE FUNCTION public.deliveries_moves() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE integrity_constraint_violation USING MESSAGE = 'a delivery does not move that way'; END $$;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE dbos.application_versions (
    version_id text NOT NULL,
    version_name text NOT NULL,
    version_timestamp bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    created_at bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    application_name text
);
CREATE TABLE dbos.dbos_migrations (
    version bigint NOT NULL
);
CREATE TABLE dbos.event_dispatch_kv (
    service_name text NOT NULL,
    workflow_fn_name text NOT NULL,
    key text NOT NULL,
    value text,
    update_seq numeric(38,0),
    update_time numeric(38,15)
);
CREATE TABLE dbos.notifications (
    message_uuid text DEFAULT gen_random_uuid() NOT NULL,
    destination_uuid text NOT NULL,
    topic text,
    message text NOT NULL,
    created_at_epoch_ms bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    serialization text,
    consumed boolean DEFAULT false NOT NULL,
    consumed_by_function_id integer
);
CREATE TABLE dbos.operation_outputs (
    workflow_uuid text NOT NULL,
    function_id integer NOT NULL,
    function_name text DEFAULT ''::text NOT NULL,
    output text,
    error text,
    child_workflow_id text,
    started_at_epoch_ms bigint,
    completed_at_epoch_ms bigint,
    serialization text,
    application_name text,
    retention_timestamp bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL
);
CREATE TABLE dbos.queues (
    queue_id text DEFAULT (gen_random_uuid())::text NOT NULL,
    name text NOT NULL,
    concurrency integer,
    worker_concurrency integer,
    rate_limit_max integer,
    rate_limit_period_sec double precision,
    priority_enabled boolean DEFAULT false NOT NULL,
    partition_queue boolean DEFAULT false NOT NULL,
    polling_interval_sec double precision DEFAULT 1.0 NOT NULL,
    created_at bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    updated_at bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    application_name text,
    partition_concurrency integer,
    partition_worker_concurrency integer,
    partition_rate_limit_max integer,
    partition_rate_limit_period_sec double precision
);
CREATE TABLE dbos.streams (
    workflow_uuid text NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    "offset" integer NOT NULL,
    function_id integer DEFAULT 0 NOT NULL,
    serialization text
);
CREATE TABLE dbos.workflow_events (
    workflow_uuid text NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    serialization text
);
CREATE TABLE dbos.workflow_events_history (
    workflow_uuid text NOT NULL,
    function_id integer NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    serialization text
);
CREATE TABLE dbos.workflow_input (
    workflow_uuid text NOT NULL,
    inputs text,
    retention_timestamp bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL
);
CREATE TABLE dbos.workflow_output (
    workflow_uuid text NOT NULL,
    output text,
    error text,
    retention_timestamp bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL
);
CREATE TABLE dbos.workflow_schedules (
    schedule_id text NOT NULL,
    schedule_name text NOT NULL,
    workflow_name text NOT NULL,
    workflow_class_name text,
    schedule text NOT NULL,
    status text DEFAULT 'ACTIVE'::text NOT NULL,
    context text NOT NULL,
    last_fired_at text,
    automatic_backfill boolean DEFAULT false NOT NULL,
    cron_timezone text,
    queue_name text,
    application_name text
);
CREATE TABLE dbos.workflow_status (
    workflow_uuid text NOT NULL,
    status text,
    name text,
    authenticated_user text,
    assumed_role text,
    authenticated_roles text,
    request text,
    output text,
    error text,
    executor_id text,
    created_at bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    updated_at bigint DEFAULT ((EXTRACT(epoch FROM now()) * 1000.0))::bigint NOT NULL,
    application_version text,
    application_id text,
    class_name character varying(255) DEFAULT NULL::character varying,
    config_name character varying(255) DEFAULT NULL::character varying,
    recovery_attempts bigint DEFAULT 0,
    queue_name text,
    workflow_timeout_ms bigint,
    workflow_deadline_epoch_ms bigint,
    inputs text,
    started_at_epoch_ms bigint,
    deduplication_id text,
    priority integer DEFAULT 0 NOT NULL,
    queue_partition_key text,
    forked_from text,
    owner_xid text,
    parent_workflow_id text,
    serialization text,
    delay_until_epoch_ms bigint,
    was_forked_from boolean DEFAULT false NOT NULL,
    rate_limited boolean DEFAULT false NOT NULL,
    completed_at bigint,
    attributes jsonb,
    schedule_name text,
    debounce_deadline_epoch_ms bigint,
    is_debounced boolean DEFAULT false NOT NULL,
    application_name text,
    creator_xid text
);
CREATE TABLE public.accounts (
    id integer NOT NULL,
    kind text NOT NULL,
    parent_id integer,
    name text NOT NULL,
    login text,
    password text,
    enabled integer NOT NULL,
    region text,
    created_at text NOT NULL,
    CONSTRAINT ck_accounts_enabled CHECK ((enabled = ANY (ARRAY[0, 1]))),
    CONSTRAINT ck_accounts_kind CHECK ((kind = ANY (ARRAY['administrator'::text, 'organization'::text, 'user'::text]))),
    CONSTRAINT ck_accounts_parent CHECK (((kind = 'administrator'::text) = (parent_id IS NULL))),
    CONSTRAINT ck_accounts_password CHECK (((password IS NULL) OR (password ~~ '$argon2id$%'::text))),
    CONSTRAINT ck_accounts_region CHECK (((region IS NULL) OR (length(region) = 2)))
);
CREATE SEQUENCE public.accounts_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.accounts_id_seq OWNED BY public.accounts.id;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.apps (
    id integer NOT NULL,
    account_id integer NOT NULL,
    name text NOT NULL,
    key text NOT NULL,
    secret_sha256 text NOT NULL,
    trusted integer NOT NULL,
    enabled integer NOT NULL,
    redirect_uris text NOT NULL,
    CONSTRAINT ck_apps_enabled CHECK ((enabled = ANY (ARRAY[0, 1]))),
    CONSTRAINT ck_apps_secret CHECK ((length(secret_sha256) = 64)),
    CONSTRAINT ck_apps_trusted CHECK ((trusted = ANY (ARRAY[0, 1])))
);
CREATE SEQUENCE public.apps_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.apps_id_seq OWNED BY public.apps.id;
CREATE TABLE public.audit_heads (
    entry_id integer NOT NULL,
    signed_at text NOT NULL,
    jws text NOT NULL
);
CREATE TABLE public.audit_log (
    id integer NOT NULL,
    at text NOT NULL,
    account_id integer,
    actor_id integer,
    app_id integer,
    action text NOT NULL,
    subject text NOT NULL,
    facts text NOT NULL,
    sha256 text NOT NULL,
    CONSTRAINT ck_audit_log_id CHECK ((id > 0)),
    CONSTRAINT ck_audit_log_sha256 CHECK ((length(sha256) = 64))
);
CREATE TABLE public.call_records (
    delivery_id integer NOT NULL,
    number integer NOT NULL,
    kept_at text NOT NULL,
    blob bytea NOT NULL,
    packets bytea,
    bytes integer NOT NULL,
    CONSTRAINT ck_call_records_bytes CHECK ((bytes = (length(blob) + COALESCE(length(packets), 0))))
);
CREATE TABLE public.calls (
    delivery_id integer NOT NULL,
    number integer NOT NULL,
    run text NOT NULL,
    first_page integer NOT NULL,
    t38 integer NOT NULL,
    ecm integer NOT NULL,
    modem text NOT NULL,
    started_at text NOT NULL,
    ringing_at text,
    answered_at text,
    t38_at text,
    last_page_out_at text,
    ended_at text,
    outcome text,
    passed_on integer NOT NULL,
    pages_confirmed integer NOT NULL,
    sip_status integer,
    t30_code integer,
    media text,
    far_station_id text,
    bits_per_second integer,
    sip_call_id text,
    CONSTRAINT ck_calls_counts CHECK (((pages_confirmed >= 0) AND (first_page >= 0))),
    CONSTRAINT ck_calls_ended CHECK (((ended_at IS NULL) = (outcome IS NULL))),
    CONSTRAINT ck_calls_manner CHECK (((t38 = ANY (ARRAY[0, 1])) AND (ecm = ANY (ARRAY[0, 1])) AND (modem = ANY (ARRAY['v17'::text, 'v27ter'::text, 'v29'::text])))),
    CONSTRAINT ck_calls_number CHECK ((number > 0)),
    CONSTRAINT ck_calls_passed_on CHECK ((passed_on = ANY (ARRAY[0, 1])))
);
CREATE TABLE public.codes (
    sha256 text NOT NULL,
    consent text NOT NULL,
    app_id integer NOT NULL,
    account_id integer NOT NULL,
    redirect_uri text NOT NULL,
    challenge text,
    challenge_method text,
    created_at text NOT NULL,
    expires_at text NOT NULL,
    used_at text,
    CONSTRAINT ck_codes_challenge CHECK (((challenge IS NULL) = (challenge_method IS NULL))),
    CONSTRAINT ck_codes_sha256 CHECK ((length(sha256) = 64))
);
CREATE TABLE public.deletions (
    id integer NOT NULL,
    extension_id integer NOT NULL,
    fax_id integer,
    inbox_id integer,
    at text NOT NULL,
    why text NOT NULL,
    account_id integer,
    contents text NOT NULL,
    CONSTRAINT ck_deletions_account CHECK (((why = 'asked'::text) = (account_id IS NOT NULL))),
    CONSTRAINT ck_deletions_of CHECK (((fax_id IS NULL) <> (inbox_id IS NULL))),
    CONSTRAINT ck_deletions_why CHECK ((why = ANY (ARRAY['asked'::text, 'kept_long_enough'::text])))
);
CREATE SEQUENCE public.deletions_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.deletions_id_seq OWNED BY public.deletions.id;
CREATE TABLE public.deliveries (
    id integer NOT NULL,
    fax_id integer NOT NULL,
    "position" integer NOT NULL,
    number text NOT NULL,
    trunk text,
    extension_id integer,
    state text NOT NULL,
    calls integer NOT NULL,
    work integer NOT NULL,
    pages_confirmed integer NOT NULL,
    outcome text,
    next_call_at text,
    calls_before integer NOT NULL,
    cancel_at text,
    told text,
    decision text,
    decided_at text,
    organization_id integer,
    CONSTRAINT ck_deliveries_calling CHECK (((state <> 'calling'::text) OR (calls > 0))),
    CONSTRAINT ck_deliveries_cancel CHECK (((cancel_at IS NULL) OR (state = 'calling'::text))),
    CONSTRAINT ck_deliveries_counts CHECK (((calls >= calls_before) AND (calls_before >= 0) AND (pages_confirmed >= 0))),
    CONSTRAINT ck_deliveries_decision CHECK ((decision = ANY (ARRAY['arrived'::text, 'not_arrived'::text, 'wanted'::text]))),
    CONSTRAINT ck_deliveries_sent CHECK (((state = 'sent'::text) = ((outcome IS NOT NULL) AND (outcome = 'sent'::text)))),
    CONSTRAINT ck_deliveries_state CHECK ((state = ANY (ARRAY['calling'::text, 'cancelled'::text, 'failed'::text, 'preparing'::text, 'sent'::text, 'uncertain'::text, 'uploading'::text, 'waiting'::text]))),
    CONSTRAINT ck_deliveries_uncertain CHECK (((state = 'uncertain'::text) = ((outcome IS NOT NULL) AND (outcome = 'uncertain'::text)))),
    CONSTRAINT ck_deliveries_waiting CHECK (((state = 'waiting'::text) = (next_call_at IS NOT NULL))),
    CONSTRAINT ck_deliveries_way CHECK (((trunk IS NULL) <> (extension_id IS NULL)))
);
CREATE SEQUENCE public.deliveries_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.deliveries_id_seq OWNED BY public.deliveries.id;
CREATE TABLE public.destinations (
    id integer NOT NULL,
    number text NOT NULL,
    unanswered integer NOT NULL,
    tried_at text,
    far_station_id text,
    far_ecm integer,
    far_modem text,
    far_resolutions text,
    pin_t38 integer,
    pin_ecm integer,
    pin_modem text,
    pin_resolution text,
    CONSTRAINT ck_destinations_ability CHECK ((((far_ecm IS NULL) = (far_modem IS NULL)) AND ((far_ecm IS NULL) = (far_resolutions IS NULL)))),
    CONSTRAINT ck_destinations_far CHECK (((far_ecm = ANY (ARRAY[0, 1])) AND (far_modem = ANY (ARRAY['v17'::text, 'v27ter'::text, 'v29'::text])))),
    CONSTRAINT ck_destinations_pin CHECK (((pin_t38 = ANY (ARRAY[0, 1])) AND (pin_ecm = ANY (ARRAY[0, 1])) AND (pin_modem = ANY (ARRAY['v17'::text, 'v27ter'::text, 'v29'::text])))),
    CONSTRAINT ck_destinations_pin_resolution CHECK ((pin_resolution = ANY (ARRAY['300'::text, '400'::text, 'fine'::text, 'standard'::text, 'superfine'::text]))),
    CONSTRAINT ck_destinations_unanswered CHECK ((unanswered >= 0))
);
CREATE SEQUENCE public.destinations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.destinations_id_seq OWNED BY public.destinations.id;
CREATE TABLE public.dids (
    number text NOT NULL,
    extension_id integer NOT NULL
);
CREATE TABLE public.events (
    id integer NOT NULL,
    kind text NOT NULL,
    extension_id integer NOT NULL,
    fax_id integer,
    inbox_id integer,
    "position" integer,
    at text NOT NULL,
    facts text NOT NULL,
    CONSTRAINT ck_events_kind CHECK ((kind = ANY (ARRAY['fax'::text, 'progress'::text, 'received'::text, 'recipient'::text]))),
    CONSTRAINT ck_events_received CHECK (((kind = 'received'::text) = (inbox_id IS NOT NULL))),
    CONSTRAINT ck_events_recipient CHECK (((kind = ANY (ARRAY['recipient'::text, 'progress'::text])) = ("position" IS NOT NULL)))
);
CREATE SEQUENCE public.events_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.events_id_seq OWNED BY public.events.id;
CREATE TABLE public.executors (
    id text NOT NULL,
    role text NOT NULL,
    started_at text NOT NULL,
    beats integer NOT NULL,
    host text
);
CREATE TABLE public.extensions (
    id integer NOT NULL,
    owner_id integer NOT NULL,
    number text NOT NULL,
    short text NOT NULL,
    station_id text NOT NULL,
    header_text text NOT NULL,
    header_position text NOT NULL,
    header_line text NOT NULL,
    resolution text NOT NULL,
    fax_enabled integer NOT NULL,
    resume integer NOT NULL,
    max_calls integer NOT NULL,
    when_uncertain text DEFAULT 'hold'::text NOT NULL,
    keep_days integer DEFAULT 0 NOT NULL,
    CONSTRAINT ck_extensions_fax_enabled CHECK ((fax_enabled = ANY (ARRAY[0, 1]))),
    CONSTRAINT ck_extensions_header_position CHECK ((header_position = ANY (ARRAY['above'::text, 'auto'::text, 'off'::text, 'over'::text]))),
    CONSTRAINT ck_extensions_max_calls CHECK ((max_calls >= 0)),
    CONSTRAINT ck_extensions_resolution CHECK ((resolution = ANY (ARRAY['auto'::text, '300'::text, '400'::text, 'fine'::text, 'standard'::text, 'superfine'::text]))),
    CONSTRAINT ck_extensions_resume CHECK ((resume = ANY (ARRAY[0, 1]))),
    CONSTRAINT ck_extensions_short CHECK ((number ~~ ('%*'::text || short))),
    CONSTRAINT ck_extensions_station_id CHECK ((length(station_id) <= 20)),
    CONSTRAINT ck_extensions_when_uncertain CHECK ((when_uncertain = ANY (ARRAY['ask'::text, 'hold'::text, 'resend'::text])))
);
CREATE SEQUENCE public.extensions_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.extensions_id_seq OWNED BY public.extensions.id;
CREATE TABLE public.fax_files (
    fax_id integer NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    blob text NOT NULL,
    bytes integer NOT NULL,
    pages integer NOT NULL,
    place text
);
CREATE TABLE public.faxes (
    id integer NOT NULL,
    uid text NOT NULL,
    account_id integer NOT NULL,
    extension_id integer NOT NULL,
    accepted_at text NOT NULL,
    work integer NOT NULL,
    document text,
    pages integer,
    state text NOT NULL,
    priority integer NOT NULL,
    send_after text,
    give_up_at text,
    paper text,
    place text,
    keep_days integer DEFAULT 0 NOT NULL,
    label text,
    held_at text,
    forgotten_at text,
    CONSTRAINT ck_faxes_pages CHECK ((pages > 0)),
    CONSTRAINT ck_faxes_prepared CHECK (((document IS NULL) = (pages IS NULL))),
    CONSTRAINT ck_faxes_priority CHECK ((priority > 0)),
    CONSTRAINT ck_faxes_state CHECK ((state = ANY (ARRAY['Cancelled'::text, 'Partially Sent'::text, 'Pre-Approved'::text, 'Scheduled For Sending'::text, 'Send Failed'::text, 'Sent'::text, 'Uncertain'::text, 'Uploading'::text]))),
    CONSTRAINT ck_faxes_times CHECK (((send_after IS NULL) OR (give_up_at IS NULL) OR (send_after < give_up_at)))
);
CREATE SEQUENCE public.faxes_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.faxes_id_seq OWNED BY public.faxes.id;
CREATE TABLE public.hooks (
    id integer NOT NULL,
    extension_id integer NOT NULL,
    type integer NOT NULL,
    url text NOT NULL,
    method integer NOT NULL,
    status integer NOT NULL,
    note text NOT NULL,
    secret integer NOT NULL,
    rotated_at text,
    modified_at text NOT NULL,
    CONSTRAINT ck_hooks_method CHECK ((method = ANY (ARRAY[0, 1, 2]))),
    CONSTRAINT ck_hooks_status CHECK ((status = ANY (ARRAY[0, 1]))),
    CONSTRAINT ck_hooks_type CHECK ((type = ANY (ARRAY[0, 1, 2])))
);
CREATE SEQUENCE public.hooks_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.hooks_id_seq OWNED BY public.hooks.id;
CREATE TABLE public.inbox (
    id integer NOT NULL,
    extension_id integer NOT NULL,
    fax_id integer,
    sender text NOT NULL,
    document text NOT NULL,
    pages integer NOT NULL,
    complete integer NOT NULL,
    called text,
    far_station_id text,
    bits_per_second integer,
    bad_rows integer NOT NULL,
    sip_call_id text,
    received_at text NOT NULL,
    read_at text,
    told integer NOT NULL,
    place text,
    held_at text,
    forgotten_at text,
    CONSTRAINT ck_inbox_complete CHECK ((complete = ANY (ARRAY[0, 1]))),
    CONSTRAINT ck_inbox_pages CHECK (((pages > 0) AND (bad_rows >= 0))),
    CONSTRAINT ck_inbox_told CHECK ((told = ANY (ARRAY[0, 1])))
);
CREATE SEQUENCE public.inbox_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.inbox_id_seq OWNED BY public.inbox.id;
CREATE TABLE public.inbox_records (
    inbox_id integer NOT NULL,
    kept_at text NOT NULL,
    blob bytea NOT NULL,
    packets bytea
);
CREATE TABLE public.key_prints (
    name text NOT NULL,
    print text NOT NULL,
    CONSTRAINT ck_key_prints_print CHECK ((length(print) = 64))
);
CREATE TABLE public.keys (
    whose text NOT NULL,
    key text NOT NULL,
    request text NOT NULL,
    answer text NOT NULL,
    answered_at text NOT NULL,
    CONSTRAINT ck_keys_request CHECK ((length(request) = 64))
);
CREATE TABLE public.manners (
    destination_id integer NOT NULL,
    trunk text NOT NULL,
    t38 integer NOT NULL,
    ecm integer NOT NULL,
    modem text NOT NULL,
    learnt_at text NOT NULL,
    worked_at text,
    failed_at text,
    failures integer NOT NULL,
    outcome text,
    media text,
    bits_per_second integer,
    CONSTRAINT ck_manners_failed CHECK (((failed_at IS NULL) = (outcome IS NULL))),
    CONSTRAINT ck_manners_failures CHECK (((failures >= 0) AND ((failures = 0) OR (failed_at IS NOT NULL)))),
    CONSTRAINT ck_manners_manner CHECK (((t38 = ANY (ARRAY[0, 1])) AND (ecm = ANY (ARRAY[0, 1])) AND (modem = ANY (ARRAY['v17'::text, 'v27ter'::text, 'v29'::text]))))
);
CREATE TABLE public.missed_calls (
    id integer NOT NULL,
    trunk text NOT NULL,
    sender text NOT NULL,
    called text NOT NULL,
    sip_call_id text NOT NULL,
    begun_at text NOT NULL,
    missed_at text NOT NULL,
    reason text NOT NULL,
    blob bytea,
    packets bytea
);
CREATE SEQUENCE public.missed_calls_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.missed_calls_id_seq OWNED BY public.missed_calls.id;
CREATE TABLE public.notices (
    id integer NOT NULL,
    hook_id integer NOT NULL,
    event_id integer NOT NULL,
    replay integer NOT NULL,
    state text NOT NULL,
    tries integer NOT NULL,
    work integer NOT NULL,
    next_try_at text,
    tried_at text,
    http_status integer,
    trouble text,
    CONSTRAINT ck_notices_state CHECK ((state = ANY (ARRAY['waiting'::text, 'told'::text, 'given_up'::text]))),
    CONSTRAINT ck_notices_waiting CHECK (((state = 'waiting'::text) = (next_try_at IS NOT NULL)))
);
CREATE SEQUENCE public.notices_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.notices_id_seq OWNED BY public.notices.id;
CREATE TABLE public.page_evidence (
    delivery_id integer NOT NULL,
    call_number integer NOT NULL,
    page integer NOT NULL,
    confirmed_at text NOT NULL,
    answer text NOT NULL,
    coding text NOT NULL,
    ecm integer NOT NULL,
    bits integer NOT NULL,
    sha256 text NOT NULL,
    bits_per_second integer NOT NULL,
    columns integer NOT NULL,
    rows integer NOT NULL,
    rows_per_metre integer NOT NULL,
    row_bits integer NOT NULL,
    times_sent integer NOT NULL,
    repeat_requests integer NOT NULL,
    blocks_resent integer NOT NULL,
    CONSTRAINT ck_page_evidence_ecm CHECK ((ecm = ANY (ARRAY[0, 1]))),
    CONSTRAINT ck_page_evidence_page CHECK ((page >= 0)),
    CONSTRAINT ck_page_evidence_sha256 CHECK ((length(sha256) = 64))
);
CREATE TABLE public.page_reports (
    fax_id integer NOT NULL,
    reports text NOT NULL
);
CREATE TABLE public.receptions (
    id integer NOT NULL,
    extension_id integer NOT NULL,
    trunk text NOT NULL,
    sender text NOT NULL,
    called text NOT NULL,
    sip_call_id text NOT NULL,
    begun_at text NOT NULL,
    pages integer NOT NULL,
    complete integer NOT NULL,
    far_station_id text,
    bits_per_second integer,
    bad_rows integer NOT NULL,
    host text,
    CONSTRAINT ck_receptions_complete CHECK ((complete = ANY (ARRAY[0, 1]))),
    CONSTRAINT ck_receptions_counts CHECK (((pages >= 0) AND (bad_rows >= 0)))
);
CREATE SEQUENCE public.receptions_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.receptions_id_seq OWNED BY public.receptions.id;
CREATE TABLE public.sessions (
    sha256 text NOT NULL,
    account_id integer NOT NULL,
    created_at text NOT NULL,
    expires_at text NOT NULL,
    CONSTRAINT ck_sessions_sha256 CHECK ((length(sha256) = 64))
);
CREATE TABLE public.sip_counts (
    process text NOT NULL,
    began_at text NOT NULL,
    strangers integer NOT NULL,
    knocks integer NOT NULL,
    floods integer NOT NULL,
    malformed integer NOT NULL,
    refused integer NOT NULL,
    seen_at text NOT NULL
);
CREATE TABLE public.tallies (
    what text NOT NULL,
    trunk text NOT NULL,
    outcome text NOT NULL,
    times integer NOT NULL,
    pages integer NOT NULL,
    seconds double precision NOT NULL,
    CONSTRAINT ck_tallies_counts CHECK (((times >= 0) AND (pages >= 0) AND (seconds >= (0)::double precision)))
);
CREATE TABLE public.tokens (
    sha256 text NOT NULL,
    kind text NOT NULL,
    consent text NOT NULL,
    app_id integer NOT NULL,
    account_id integer NOT NULL,
    created_at text NOT NULL,
    expires_at text NOT NULL,
    used_at text,
    CONSTRAINT ck_tokens_kind CHECK ((kind = ANY (ARRAY['access'::text, 'refresh'::text]))),
    CONSTRAINT ck_tokens_sha256 CHECK ((length(sha256) = 64))
);
CREATE TABLE public.trunk_health (
    process text NOT NULL,
    trunk text NOT NULL,
    server text NOT NULL,
    is_up integer,
    since text,
    status integer,
    registered_until text,
    seen_at text NOT NULL,
    CONSTRAINT ck_trunk_health_is_up CHECK ((is_up = ANY (ARRAY[0, 1]))),
    CONSTRAINT ck_trunk_health_since CHECK (((is_up IS NULL) = (since IS NULL)))
);
CREATE TABLE public.uploads (
    fax_id integer NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL,
    bytes integer NOT NULL,
    sha256 text,
    expires_at text NOT NULL,
    kind text,
    blob text,
    pages integer,
    place text,
    CONSTRAINT ck_uploads_bytes CHECK ((bytes >= 0)),
    CONSTRAINT ck_uploads_come CHECK ((((blob IS NULL) = (kind IS NULL)) AND ((blob IS NULL) = (pages IS NULL)))),
    CONSTRAINT ck_uploads_sha256 CHECK ((length(sha256) = 64))
);
ALTER TABLE ONLY public.accounts ALTER COLUMN id SET DEFAULT nextval('public.accounts_id_seq'::regclass);
ALTER TABLE ONLY public.apps ALTER COLUMN id SET DEFAULT nextval('public.apps_id_seq'::regclass);
ALTER TABLE ONLY public.deletions ALTER COLUMN id SET DEFAULT nextval('public.deletions_id_seq'::regclass);
ALTER TABLE ONLY public.deliveries ALTER COLUMN id SET DEFAULT nextval('public.deliveries_id_seq'::regclass);
ALTER TABLE ONLY public.destinations ALTER COLUMN id SET DEFAULT nextval('public.destinations_id_seq'::regclass);
ALTER TABLE ONLY public.events ALTER COLUMN id SET DEFAULT nextval('public.events_id_seq'::regclass);
ALTER TABLE ONLY public.extensions ALTER COLUMN id SET DEFAULT nextval('public.extensions_id_seq'::regclass);
ALTER TABLE ONLY public.faxes ALTER COLUMN id SET DEFAULT nextval('public.faxes_id_seq'::regclass);
ALTER TABLE ONLY public.hooks ALTER COLUMN id SET DEFAULT nextval('public.hooks_id_seq'::regclass);
ALTER TABLE ONLY public.inbox ALTER COLUMN id SET DEFAULT nextval('public.inbox_id_seq'::regclass);
ALTER TABLE ONLY public.missed_calls ALTER COLUMN id SET DEFAULT nextval('public.missed_calls_id_seq'::regclass);
ALTER TABLE ONLY public.notices ALTER COLUMN id SET DEFAULT nextval('public.notices_id_seq'::regclass);
ALTER TABLE ONLY public.receptions ALTER COLUMN id SET DEFAULT nextval('public.receptions_id_seq'::regclass);
INSERT INTO dbos.dbos_migrations VALUES (125);
INSERT INTO dbos.workflow_input VALUES ('prepare.1.1', '{"namedArgs":{},"positionalArgs":[1,1]}', 1795853672320);
INSERT INTO dbos.workflow_input VALUES ('prepare.2.1', '{"namedArgs":{},"positionalArgs":[2,1]}', 1795853672594);
INSERT INTO dbos.workflow_input VALUES ('call.1.1', '{"namedArgs":{},"positionalArgs":[1,1,1]}', 1795853673075);
INSERT INTO dbos.workflow_input VALUES ('call.3.1', '{"namedArgs":{},"positionalArgs":[3,1,1]}', 1795853673490);
INSERT INTO dbos.workflow_input VALUES ('call.3.2', '{"namedArgs":{},"positionalArgs":[3,2,2]}', 1795853674905);
INSERT INTO dbos.workflow_input VALUES ('prepare.3.1', '{"namedArgs":{},"positionalArgs":[3,1]}', 1795853675412);
INSERT INTO dbos.workflow_status VALUES ('prepare.1.1', 'ENQUEUED', 'prepare', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1795853672320, 1795853672320, NULL, NULL, NULL, NULL, 0, 'prepare', NULL, NULL, NULL, NULL, NULL, 700001000, NULL, NULL, NULL, NULL, 'portable_json', NULL, false, false, NULL, 'null', NULL, NULL, false, 'unifax', 'c34aa42e-a783-4039-9162-575ec711b04f');
INSERT INTO dbos.workflow_status VALUES ('prepare.2.1', 'ENQUEUED', 'prepare', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1795853672594, 1795853672594, NULL, NULL, NULL, NULL, 0, 'prepare', NULL, NULL, NULL, NULL, NULL, 700001002, NULL, NULL, NULL, NULL, 'portable_json', NULL, false, false, NULL, 'null', NULL, NULL, false, 'unifax', 'deb4d074-8cae-415f-a963-1e3e0234fe53');
INSERT INTO dbos.workflow_status VALUES ('call.1.1', 'ENQUEUED', 'call', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1795853673075, 1795853673075, NULL, NULL, NULL, NULL, 0, 'trunk.sandbox', NULL, NULL, NULL, NULL, NULL, 700001000, NULL, NULL, NULL, NULL, 'portable_json', NULL, false, false, NULL, 'null', NULL, NULL, false, 'unifax', 'c8927406-4c2f-4588-95ad-879dea51ca81');
INSERT INTO dbos.workflow_status VALUES ('call.3.1', 'ENQUEUED', 'call', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1795853673490, 1795853673490, NULL, NULL, NULL, NULL, 0, 'trunk.sandbox', NULL, NULL, NULL, NULL, NULL, 700001001, NULL, NULL, NULL, NULL, 'portable_json', NULL, false, false, NULL, 'null', NULL, NULL, false, 'unifax', '115976fb-fdbb-4c1f-a379-8abb9da5f0d4');
INSERT INTO dbos.workflow_status VALUES ('call.3.2', 'DELAYED', 'call', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1795853674905, 1795853674905, NULL, NULL, NULL, NULL, 0, 'trunk.sandbox', NULL, NULL, NULL, NULL, NULL, 700001000, NULL, NULL, NULL, NULL, 'portable_json', 1795853855016, false, false, NULL, 'null', NULL, NULL, false, 'unifax', '122b3d84-54aa-42d8-bcb5-92c0c7aae76a');
INSERT INTO dbos.workflow_status VALUES ('prepare.3.1', 'ENQUEUED', 'prepare', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1795853675412, 1795853675412, NULL, NULL, NULL, NULL, 0, 'prepare', NULL, NULL, NULL, NULL, NULL, 700001000, NULL, NULL, NULL, NULL, 'portable_json', NULL, false, false, NULL, 'null', NULL, NULL, false, 'unifax', 'ecff9339-02b3-4383-b0f9-fbc4369a1257');
INSERT INTO public.accounts VALUES (1, 'administrator', NULL, 'root', NULL, NULL, 1, NULL, '2026-02-03T04:05:06.000000+00:00');
INSERT INTO public.accounts VALUES (2, 'organization', 1, 'alice', NULL, NULL, 1, NULL, '2026-02-03T04:05:06.000000+00:00');
INSERT INTO public.accounts VALUES (3, 'user', 2, 'bob', NULL, NULL, 1, NULL, '2026-02-03T04:05:06.000000+00:00');
INSERT INTO public.accounts VALUES (4, 'user', 2, 'beth', NULL, NULL, 1, NULL, '2026-02-03T04:05:06.000000+00:00');
INSERT INTO public.accounts VALUES (5, 'organization', 1, 'other', NULL, NULL, 1, NULL, '2026-02-03T04:05:06.000000+00:00');
INSERT INTO public.accounts VALUES (6, 'user', 5, 'charlie', NULL, NULL, 1, NULL, '2026-02-03T04:05:06.000000+00:00');
INSERT INTO public.alembic_version VALUES ('0007');
INSERT INTO public.apps VALUES (1, 1, 'app of root', 'key-root', 'b65912f282c933092c4aff485a2d8ef75fdcd337beecc40dced57f79114f7d3b', 1, 1, '');
INSERT INTO public.apps VALUES (2, 2, 'app of alice', 'key-alice', '959601334de4ce5a7661ece94755bc23b257c096cd7d29bd2ecaf8a7333e0aff', 1, 1, '');
INSERT INTO public.apps VALUES (3, 3, 'app of bob', 'key-bob', '121d6cf8eecc49b58b007cdb17a804e2c660f30250e1451ffb3d46799c116edb', 1, 1, '');
INSERT INTO public.apps VALUES (4, 4, 'app of beth', 'key-beth', 'e9e245a770710085ee33322cc45f8cedcfbecaf9b4829b4720521f9631337d85', 1, 1, '');
INSERT INTO public.apps VALUES (5, 6, 'app of charlie', 'key-charlie', 'c2d7d5ddd2a75fe5ac1f8b877d907a7634388be74b21326812125e9f932a139e', 1, 1, '');
INSERT INTO public.calls VALUES (1, 1, 'desk.1.3', 0, 1, 1, 'v17', '2026-02-03T04:05:06.000000+00:00', NULL, NULL, NULL, '2026-02-03T04:05:06.000000+00:00', '2026-02-03T04:05:06.000000+00:00', 'sent', 0, 3, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.calls VALUES (3, 1, 'desk.1.4', 0, 1, 1, 'v17', '2026-02-03T04:05:06.000000+00:00', NULL, NULL, NULL, NULL, '2026-02-03T04:05:06.000000+00:00', 'busy', 0, 0, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.deliveries VALUES (2, 1, 1, '0003*211', NULL, 2, 'sent', 0, 1, 3, 'sent', NULL, 0, NULL, 'sent', NULL, NULL, 2);
INSERT INTO public.deliveries VALUES (1, 1, 0, '7778801', 'sandbox', NULL, 'sent', 1, 2, 3, 'sent', NULL, 0, NULL, 'sent', NULL, NULL, 2);
INSERT INTO public.deliveries VALUES (3, 2, 0, '7778888', 'sandbox', NULL, 'waiting', 1, 2, 0, 'busy', '2026-02-03T04:08:06.000000+00:00', 0, NULL, 'waiting', NULL, NULL, 2);
INSERT INTO public.deliveries VALUES (4, 3, 0, '7778888', 'sandbox', NULL, 'preparing', 0, 1, 0, NULL, NULL, 0, NULL, 'preparing', NULL, NULL, 2);
INSERT INTO public.destinations VALUES (1, '7778801', 1, '2026-02-03T04:05:06.000000+00:00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.destinations VALUES (2, '7778888', 1, '2026-02-03T04:05:06.000000+00:00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.events VALUES (1, 'recipient', 1, 1, NULL, 0, '2026-02-03T04:05:06.000000+00:00', '{"uid": "00000000000000000000000000000001", "recipient": "7778801", "state": "preparing", "pagesConfirmed": 0}');
INSERT INTO public.events VALUES (2, 'recipient', 1, 1, NULL, 1, '2026-02-03T04:05:06.000000+00:00', '{"uid": "00000000000000000000000000000001", "recipient": "0003*211", "state": "preparing", "pagesConfirmed": 0}');
INSERT INTO public.events VALUES (3, 'fax', 1, 1, NULL, NULL, '2026-02-03T04:05:06.000000+00:00', '{"uid": "00000000000000000000000000000001", "state": "Pre-Approved"}');
INSERT INTO public.events VALUES (4, 'recipient', 1, 2, NULL, 0, '2026-02-03T04:05:06.000000+00:00', '{"uid": "00000000000000000000000000000002", "recipient": "7778888", "state": "preparing", "pagesConfirmed": 0}');
INSERT INTO public.events VALUES (5, 'fax', 1, 2, NULL, NULL, '2026-02-03T04:05:06.000000+00:00', '{"uid": "00000000000000000000000000000002", "state": "Pre-Approved"}');
INSERT INTO public.events VALUES (6, 'recipient', 1, 1, NULL, 0, '2026-02-03T04:05:06.000000+00:00', '{"uid": "00000000000000000000000000000001", "recipient": "7778801", "state": "waiting", "pagesConfirmed": 0, "pages": 3}');
INSERT INTO public.events VALUES (7, 'recipient', 1, 1, NULL, 1, '2026-02-03T04:05:06.000000+00:00', '{"uid": "00000000000000000000000000000001", "recipient": "0003*211", "state": "sent", "reason": "sent", "pagesConfirmed": 3, "pages": 3}');
INSERT INTO public.events VALUES (8, 'fax', 1, 1, NULL, NULL, '2026-02-03T04:05:06.000000+00:00', '{"uid": "00000000000000000000000000000001", "state": "Scheduled For Sending", "pages": 3}');
INSERT INTO public.events VALUES (9, 'received', 2, NULL, 1, NULL, '2026-02-03T04:05:06.000000+00:00', '{"sender": "0003*210", "pages": 3, "complete": true}');
INSERT INTO public.events VALUES (10, 'recipient', 1, 2, NULL, 0, '2026-02-03T04:05:06.000000+00:00', '{"uid": "00000000000000000000000000000002", "recipient": "7778888", "state": "waiting", "pagesConfirmed": 0, "pages": 3}');
INSERT INTO public.events VALUES (11, 'fax', 1, 2, NULL, NULL, '2026-02-03T04:05:06.000000+00:00', '{"uid": "00000000000000000000000000000002", "state": "Scheduled For Sending", "pages": 3}');
INSERT INTO public.events VALUES (12, 'recipient', 1, 1, NULL, 0, '2026-02-03T04:05:06.000000+00:00', '{"uid": "00000000000000000000000000000001", "recipient": "7778801", "state": "calling", "pagesConfirmed": 0, "pages": 3}');
INSERT INTO public.events VALUES (13, 'progress', 1, 1, NULL, 0, '2026-02-03T04:05:06.000000+00:00', '{"recipient": "7778801", "call": 1, "step": "page_confirmed", "pagesConfirmed": 1}');
INSERT INTO public.events VALUES (14, 'progress', 1, 1, NULL, 0, '2026-02-03T04:05:06.000000+00:00', '{"recipient": "7778801", "call": 1, "step": "page_confirmed", "pagesConfirmed": 2}');
INSERT INTO public.events VALUES (15, 'progress', 1, 1, NULL, 0, '2026-02-03T04:05:06.000000+00:00', '{"recipient": "7778801", "call": 1, "step": "last_page_out", "pagesConfirmed": 2}');
INSERT INTO public.events VALUES (16, 'progress', 1, 1, NULL, 0, '2026-02-03T04:05:06.000000+00:00', '{"recipient": "7778801", "call": 1, "step": "page_confirmed", "pagesConfirmed": 3}');
INSERT INTO public.events VALUES (17, 'recipient', 1, 1, NULL, 0, '2026-02-03T04:05:06.000000+00:00', '{"uid": "00000000000000000000000000000001", "recipient": "7778801", "state": "sent", "reason": "sent", "pagesConfirmed": 3, "pages": 3}');
INSERT INTO public.events VALUES (18, 'fax', 1, 1, NULL, NULL, '2026-02-03T04:05:06.000000+00:00', '{"uid": "00000000000000000000000000000001", "state": "Sent", "pages": 3}');
INSERT INTO public.events VALUES (19, 'recipient', 1, 2, NULL, 0, '2026-02-03T04:05:06.000000+00:00', '{"uid": "00000000000000000000000000000002", "recipient": "7778888", "state": "calling", "pagesConfirmed": 0, "pages": 3}');
INSERT INTO public.events VALUES (20, 'recipient', 1, 2, NULL, 0, '2026-02-03T04:05:06.000000+00:00', '{"uid": "00000000000000000000000000000002", "recipient": "7778888", "state": "waiting", "reason": "busy", "pagesConfirmed": 0, "pages": 3}');
INSERT INTO public.events VALUES (21, 'recipient', 1, 3, NULL, 0, '2026-02-03T04:05:06.000000+00:00', '{"uid": "00000000000000000000000000000003", "recipient": "7778888", "state": "preparing", "pagesConfirmed": 0}');
INSERT INTO public.events VALUES (22, 'fax', 1, 3, NULL, NULL, '2026-02-03T04:05:06.000000+00:00', '{"uid": "00000000000000000000000000000003", "state": "Pre-Approved"}');
INSERT INTO public.executors VALUES ('desk.1', 'desk', '2026-02-03T04:05:06.000000+00:00', 0, '');
INSERT INTO public.extensions VALUES (1, 3, '0003*210', '210', '0003 210', 'Bob', 'auto', '{date} | {sender} | {station} | page {page} of {pages}', 'auto', 1, 1, 2, 'hold', 0);
INSERT INTO public.extensions VALUES (2, 4, '0003*211', '211', '0003 211', 'Beth', 'auto', '{date} | {sender} | {station} | page {page} of {pages}', 'auto', 1, 1, 2, 'hold', 0);
INSERT INTO public.extensions VALUES (3, 6, '0004*210', '210', '0004 210', 'Charlie', 'auto', '{date} | {sender} | {station} | page {page} of {pages}', 'auto', 1, 1, 2, 'hold', 0);
INSERT INTO public.fax_files VALUES (1, 0, 'letter.txt', 'txt', '5bb27fb86c807b2ff46917449e038a93779fe33ceae2ffc4c843c00c718e4183', 8, 1, '5bb27fb86c807b2ff46917449e038a93779fe33ceae2ffc4c843c00c718e4183-7dc7f8ae4591d10a');
INSERT INTO public.fax_files VALUES (2, 0, 'letter.txt', 'txt', '5bb27fb86c807b2ff46917449e038a93779fe33ceae2ffc4c843c00c718e4183', 8, 1, '5bb27fb86c807b2ff46917449e038a93779fe33ceae2ffc4c843c00c718e4183-da09eb0674bd37e4');
INSERT INTO public.fax_files VALUES (3, 0, 'letter.txt', 'txt', '5bb27fb86c807b2ff46917449e038a93779fe33ceae2ffc4c843c00c718e4183', 8, 1, '5bb27fb86c807b2ff46917449e038a93779fe33ceae2ffc4c843c00c718e4183-c243b9771cf4e15e');
INSERT INTO public.faxes VALUES (2, '00000000000000000000000000000002', 3, 1, '2026-02-03T04:05:06.000000+00:00', 1, '0a21a10e4d275529680bfea8a3f1c5d5957e0a2d96ef594bd5ef613d12ea2953', 3, 'Scheduled For Sending', 10, NULL, NULL, NULL, '0a21a10e4d275529680bfea8a3f1c5d5957e0a2d96ef594bd5ef613d12ea2953-418310534ff05c52', 0, NULL, NULL, NULL);
INSERT INTO public.faxes VALUES (1, '00000000000000000000000000000001', 3, 1, '2026-02-03T04:05:06.000000+00:00', 1, '0a21a10e4d275529680bfea8a3f1c5d5957e0a2d96ef594bd5ef613d12ea2953', 3, 'Sent', 10, NULL, NULL, NULL, '0a21a10e4d275529680bfea8a3f1c5d5957e0a2d96ef594bd5ef613d12ea2953-418310534ff05c52', 0, NULL, NULL, NULL);
INSERT INTO public.faxes VALUES (3, '00000000000000000000000000000003', 3, 1, '2026-02-03T04:05:06.000000+00:00', 1, NULL, NULL, 'Pre-Approved', 10, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL);
INSERT INTO public.inbox VALUES (1, 2, 1, '0003*210', '0a21a10e4d275529680bfea8a3f1c5d5957e0a2d96ef594bd5ef613d12ea2953', 3, 1, NULL, NULL, NULL, 0, NULL, '2026-02-03T04:05:06.000000+00:00', NULL, 1, '0a21a10e4d275529680bfea8a3f1c5d5957e0a2d96ef594bd5ef613d12ea2953-418310534ff05c52', NULL, NULL);
INSERT INTO public.manners VALUES (1, 'sandbox', 1, 1, 'v17', '2026-02-03T04:05:06.000000+00:00', '2026-02-03T04:05:06.000000+00:00', NULL, 0, NULL, NULL, NULL);
INSERT INTO public.page_evidence VALUES (1, 1, 0, '2026-02-03T04:05:06.000000+00:00', 'MCF', 'MMR', 1, 96096, '98b8816d5a9f858675fcf86e0a700481b105e3ff7b700934c731b8ab667b1308', 14400, 1728, 2292, 7700, 0, 1, 0, 0);
INSERT INTO public.page_evidence VALUES (1, 1, 1, '2026-02-03T04:05:06.000000+00:00', 'MCF', 'MMR', 1, 96096, '0621a1c111cfd4554a172d9ecd490a9a8d6e4e66e0f444491b716fb1d00ab1b9', 14400, 1728, 2292, 7700, 0, 1, 0, 0);
INSERT INTO public.page_evidence VALUES (1, 1, 2, '2026-02-03T04:05:06.000000+00:00', 'MCF', 'MMR', 1, 96096, 'e49b3988b52f0294eefe8339cd73ed82847ff40c1dfcabbe2ef4da1875ab7f98', 14400, 1728, 2292, 7700, 0, 1, 0, 0);
INSERT INTO public.page_reports VALUES (1, '[{"number":1,"file":0,"resolution":"fine","rows":2287,"treatment":"text","octets":{"MH":50000,"MR":40000,"MMR":30000},"warnings":[]},{"number":2,"file":0,"resolution":"fine","rows":2287,"treatment":"text","octets":{"MH":50000,"MR":40000,"MMR":30000},"warnings":[]},{"number":3,"file":0,"resolution":"fine","rows":2287,"treatment":"text","octets":{"MH":50000,"MR":40000,"MMR":30000},"warnings":[]}]');
INSERT INTO public.page_reports VALUES (2, '[{"number":1,"file":0,"resolution":"fine","rows":2287,"treatment":"text","octets":{"MH":50000,"MR":40000,"MMR":30000},"warnings":[]},{"number":2,"file":0,"resolution":"fine","rows":2287,"treatment":"text","octets":{"MH":50000,"MR":40000,"MMR":30000},"warnings":[]},{"number":3,"file":0,"resolution":"fine","rows":2287,"treatment":"text","octets":{"MH":50000,"MR":40000,"MMR":30000},"warnings":[]}]');
INSERT INTO public.tallies VALUES ('paper', '', 'made', 2, 6, 0);
INSERT INTO public.tallies VALUES ('call', 'sandbox', 'sent', 1, 3, 0);
INSERT INTO public.tallies VALUES ('call', 'sandbox', 'busy', 1, 0, 0);
INSERT INTO public.tokens VALUES ('5d394f7683d3b77e37c3aa0862a8a60d422b257334ee550a121fe3f2e68bf83b', 'access', '5d394f7683d3b77e37c3aa0862a8a60d422b257334ee550a121fe3f2e68bf83b', 1, 1, '2026-02-03T04:05:06.000000+00:00', '2026-02-03T05:05:06.000000+00:00', NULL);
INSERT INTO public.tokens VALUES ('8490df4b019cf019e7237b3189dcb5b5c22260876ebf4575ffdf3bafb4a991ee', 'access', '8490df4b019cf019e7237b3189dcb5b5c22260876ebf4575ffdf3bafb4a991ee', 2, 2, '2026-02-03T04:05:06.000000+00:00', '2026-02-03T05:05:06.000000+00:00', NULL);
INSERT INTO public.tokens VALUES ('d3970c9efe890cd676ba1ff573a3ea783c44ab0e71ab27b75e147973ef633239', 'access', 'd3970c9efe890cd676ba1ff573a3ea783c44ab0e71ab27b75e147973ef633239', 3, 3, '2026-02-03T04:05:06.000000+00:00', '2026-02-03T05:05:06.000000+00:00', NULL);
INSERT INTO public.tokens VALUES ('58f81392508c51a97e1a7b1ac5c45b2e478e5a9a041b4b4a784475e4c2aaf3b5', 'access', '58f81392508c51a97e1a7b1ac5c45b2e478e5a9a041b4b4a784475e4c2aaf3b5', 4, 4, '2026-02-03T04:05:06.000000+00:00', '2026-02-03T05:05:06.000000+00:00', NULL);
INSERT INTO public.tokens VALUES ('293962bc14c19e3c89c94de54b3a5f12c5631c86950c9f822c4fae026a02b055', 'access', '293962bc14c19e3c89c94de54b3a5f12c5631c86950c9f822c4fae026a02b055', 5, 6, '2026-02-03T04:05:06.000000+00:00', '2026-02-03T05:05:06.000000+00:00', NULL);
SELECT pg_catalog.setval('public.accounts_id_seq', 6, true);
SELECT pg_catalog.setval('public.apps_id_seq', 5, true);
SELECT pg_catalog.setval('public.deletions_id_seq', 1, false);
SELECT pg_catalog.setval('public.deliveries_id_seq', 4, true);
SELECT pg_catalog.setval('public.destinations_id_seq', 2, true);
SELECT pg_catalog.setval('public.events_id_seq', 22, true);
SELECT pg_catalog.setval('public.extensions_id_seq', 3, true);
SELECT pg_catalog.setval('public.faxes_id_seq', 3, true);
SELECT pg_catalog.setval('public.hooks_id_seq', 1, false);
SELECT pg_catalog.setval('public.inbox_id_seq', 1, true);
SELECT pg_catalog.setval('public.missed_calls_id_seq', 1, false);
SELECT pg_catalog.setval('public.notices_id_seq', 1, false);
SELECT pg_catalog.setval('public.receptions_id_seq', 1, false);
ALTER TABLE ONLY dbos.application_versions
    ADD CONSTRAINT application_versions_pkey PRIMARY KEY (version_id);
ALTER TABLE ONLY dbos.application_versions
    ADD CONSTRAINT application_versions_version_name_key UNIQUE (version_name);
ALTER TABLE ONLY dbos.dbos_migrations
    ADD CONSTRAINT dbos_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY dbos.event_dispatch_kv
    ADD CONSTRAINT event_dispatch_kv_pkey PRIMARY KEY (service_name, workflow_fn_name, key);
ALTER TABLE ONLY dbos.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (message_uuid);
ALTER TABLE ONLY dbos.operation_outputs
    ADD CONSTRAINT operation_outputs_pkey PRIMARY KEY (workflow_uuid, function_id);
ALTER TABLE ONLY dbos.queues
    ADD CONSTRAINT queues_name_key UNIQUE (name);
ALTER TABLE ONLY dbos.queues
    ADD CONSTRAINT queues_pkey PRIMARY KEY (queue_id);
ALTER TABLE ONLY dbos.streams
    ADD CONSTRAINT streams_pkey PRIMARY KEY (workflow_uuid, key, "offset");
ALTER TABLE ONLY dbos.workflow_events_history
    ADD CONSTRAINT workflow_events_history_pkey PRIMARY KEY (workflow_uuid, function_id, key);
ALTER TABLE ONLY dbos.workflow_events
    ADD CONSTRAINT workflow_events_pkey PRIMARY KEY (workflow_uuid, key);
ALTER TABLE ONLY dbos.workflow_input
    ADD CONSTRAINT workflow_input_pkey PRIMARY KEY (workflow_uuid);
ALTER TABLE ONLY dbos.workflow_output
    ADD CONSTRAINT workflow_output_pkey PRIMARY KEY (workflow_uuid);
ALTER TABLE ONLY dbos.workflow_schedules
    ADD CONSTRAINT workflow_schedules_pkey PRIMARY KEY (schedule_id);
ALTER TABLE ONLY dbos.workflow_schedules
    ADD CONSTRAINT workflow_schedules_schedule_name_key UNIQUE (schedule_name);
ALTER TABLE ONLY dbos.workflow_status
    ADD CONSTRAINT workflow_status_pkey PRIMARY KEY (workflow_uuid);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT pk_accounts PRIMARY KEY (id);
ALTER TABLE ONLY public.apps
    ADD CONSTRAINT pk_apps PRIMARY KEY (id);
ALTER TABLE ONLY public.audit_heads
    ADD CONSTRAINT pk_audit_heads PRIMARY KEY (entry_id);
ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT pk_audit_log PRIMARY KEY (id);
ALTER TABLE ONLY public.call_records
    ADD CONSTRAINT pk_call_records PRIMARY KEY (delivery_id, number);
ALTER TABLE ONLY public.calls
    ADD CONSTRAINT pk_calls PRIMARY KEY (delivery_id, number);
ALTER TABLE ONLY public.codes
    ADD CONSTRAINT pk_codes PRIMARY KEY (sha256);
ALTER TABLE ONLY public.deletions
    ADD CONSTRAINT pk_deletions PRIMARY KEY (id);
ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT pk_deliveries PRIMARY KEY (id);
ALTER TABLE ONLY public.destinations
    ADD CONSTRAINT pk_destinations PRIMARY KEY (id);
ALTER TABLE ONLY public.dids
    ADD CONSTRAINT pk_dids PRIMARY KEY (number);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT pk_events PRIMARY KEY (id);
ALTER TABLE ONLY public.executors
    ADD CONSTRAINT pk_executors PRIMARY KEY (id);
ALTER TABLE ONLY public.extensions
    ADD CONSTRAINT pk_extensions PRIMARY KEY (id);
ALTER TABLE ONLY public.fax_files
    ADD CONSTRAINT pk_fax_files PRIMARY KEY (fax_id, "position");
ALTER TABLE ONLY public.faxes
    ADD CONSTRAINT pk_faxes PRIMARY KEY (id);
ALTER TABLE ONLY public.hooks
    ADD CONSTRAINT pk_hooks PRIMARY KEY (id);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT pk_inbox PRIMARY KEY (id);
ALTER TABLE ONLY public.inbox_records
    ADD CONSTRAINT pk_inbox_records PRIMARY KEY (inbox_id);
ALTER TABLE ONLY public.key_prints
    ADD CONSTRAINT pk_key_prints PRIMARY KEY (name);
ALTER TABLE ONLY public.keys
    ADD CONSTRAINT pk_keys PRIMARY KEY (whose, key);
ALTER TABLE ONLY public.manners
    ADD CONSTRAINT pk_manners PRIMARY KEY (destination_id, trunk, t38, ecm, modem);
ALTER TABLE ONLY public.missed_calls
    ADD CONSTRAINT pk_missed_calls PRIMARY KEY (id);
ALTER TABLE ONLY public.notices
    ADD CONSTRAINT pk_notices PRIMARY KEY (id);
ALTER TABLE ONLY public.page_evidence
    ADD CONSTRAINT pk_page_evidence PRIMARY KEY (delivery_id, call_number, page);
ALTER TABLE ONLY public.page_reports
    ADD CONSTRAINT pk_page_reports PRIMARY KEY (fax_id);
ALTER TABLE ONLY public.receptions
    ADD CONSTRAINT pk_receptions PRIMARY KEY (id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT pk_sessions PRIMARY KEY (sha256);
ALTER TABLE ONLY public.sip_counts
    ADD CONSTRAINT pk_sip_counts PRIMARY KEY (process);
ALTER TABLE ONLY public.tallies
    ADD CONSTRAINT pk_tallies PRIMARY KEY (what, trunk, outcome);
ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT pk_tokens PRIMARY KEY (sha256);
ALTER TABLE ONLY public.trunk_health
    ADD CONSTRAINT pk_trunk_health PRIMARY KEY (process, trunk, server);
ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT pk_uploads PRIMARY KEY (fax_id, "position");
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT uq_accounts_login UNIQUE (login);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT uq_accounts_parent_id_name UNIQUE (parent_id, name);
ALTER TABLE ONLY public.apps
    ADD CONSTRAINT uq_apps_account_id_name UNIQUE (account_id, name);
ALTER TABLE ONLY public.apps
    ADD CONSTRAINT uq_apps_key UNIQUE (key);
ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT uq_deliveries_fax_id_position UNIQUE (fax_id, "position");
ALTER TABLE ONLY public.destinations
    ADD CONSTRAINT uq_destinations_number UNIQUE (number);
ALTER TABLE ONLY public.extensions
    ADD CONSTRAINT uq_extensions_number UNIQUE (number);
ALTER TABLE ONLY public.faxes
    ADD CONSTRAINT uq_faxes_uid UNIQUE (uid);
ALTER TABLE ONLY public.notices
    ADD CONSTRAINT uq_notices_hook_id_event_id_replay UNIQUE (hook_id, event_id, replay);
CREATE INDEX idx_application_versions_owner_timestamp ON dbos.application_versions USING btree (application_name, version_timestamp DESC);
CREATE INDEX idx_application_versions_timestamp ON dbos.application_versions USING btree (version_timestamp DESC);
CREATE INDEX idx_operation_outputs_completed_at_function_name_v2 ON dbos.operation_outputs USING btree (completed_at_epoch_ms, function_name) INCLUDE (application_name);
CREATE INDEX idx_operation_outputs_retention ON dbos.operation_outputs USING btree (retention_timestamp);
CREATE INDEX idx_workflow_input_retention ON dbos.workflow_input USING btree (retention_timestamp);
CREATE INDEX idx_workflow_output_retention ON dbos.workflow_output USING btree (retention_timestamp);
CREATE INDEX idx_workflow_status_attributes ON dbos.workflow_status USING gin (attributes) WHERE (attributes IS NOT NULL);
CREATE INDEX idx_workflow_status_completed_at ON dbos.workflow_status USING btree (completed_at) WHERE (completed_at IS NOT NULL);
CREATE INDEX idx_workflow_status_deadline ON dbos.workflow_status USING btree (workflow_deadline_epoch_ms) WHERE ((status = ANY (ARRAY['ENQUEUED'::text, 'PENDING'::text, 'DELAYED'::text])) AND (workflow_deadline_epoch_ms IS NOT NULL));
CREATE INDEX idx_workflow_status_delayed ON dbos.workflow_status USING btree (delay_until_epoch_ms) WHERE (status = 'DELAYED'::text);
CREATE INDEX idx_workflow_status_failed ON dbos.workflow_status USING btree (status, created_at) WHERE (status = ANY (ARRAY['ERROR'::text, 'CANCELLED'::text, 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'::text]));
CREATE INDEX idx_workflow_status_forked_from ON dbos.workflow_status USING btree (forked_from) WHERE (forked_from IS NOT NULL);
CREATE INDEX idx_workflow_status_in_flight_v2 ON dbos.workflow_status USING btree (queue_name, status, priority, created_at) INCLUDE (application_name) WHERE (status = ANY (ARRAY['ENQUEUED'::text, 'PENDING'::text]));
CREATE INDEX idx_workflow_status_parent_workflow_id ON dbos.workflow_status USING btree (parent_workflow_id) WHERE (parent_workflow_id IS NOT NULL);
CREATE INDEX idx_workflow_status_partition_dequeue_v3 ON dbos.workflow_status USING btree (queue_name, status, queue_partition_key, priority, created_at, workflow_uuid) INCLUDE (application_name) WHERE ((status = ANY (ARRAY['ENQUEUED'::text, 'PENDING'::text])) AND (queue_partition_key IS NOT NULL));
CREATE INDEX idx_workflow_status_pending ON dbos.workflow_status USING btree (created_at) WHERE (status = 'PENDING'::text);
CREATE INDEX idx_workflow_status_rate_limited ON dbos.workflow_status USING btree (queue_name, started_at_epoch_ms) WHERE (rate_limited = true);
CREATE INDEX idx_workflow_status_schedule_name ON dbos.workflow_status USING btree (schedule_name) WHERE (schedule_name IS NOT NULL);
CREATE INDEX idx_workflow_status_started_at ON dbos.workflow_status USING btree (started_at_epoch_ms) WHERE (started_at_epoch_ms IS NOT NULL);
CREATE INDEX idx_workflow_topic ON dbos.notifications USING btree (destination_uuid, topic);
CREATE UNIQUE INDEX uq_application_versions_owner_version ON dbos.application_versions USING btree (application_name, version_name) WHERE (application_name IS NOT NULL);
CREATE UNIQUE INDEX uq_application_versions_unclaimed_version ON dbos.application_versions USING btree (version_name) WHERE (application_name IS NULL);
CREATE UNIQUE INDEX uq_workflow_status_dedup_id ON dbos.workflow_status USING btree (queue_name, deduplication_id) WHERE (deduplication_id IS NOT NULL);
CREATE INDEX workflow_status_created_at_index ON dbos.workflow_status USING btree (created_at);
CREATE INDEX ix_accounts_parent_id ON public.accounts USING btree (parent_id);
CREATE INDEX ix_apps_account_id ON public.apps USING btree (account_id);
CREATE INDEX ix_audit_log_account_id_id ON public.audit_log USING btree (account_id, id);
CREATE INDEX ix_call_records_kept_at ON public.call_records USING btree (kept_at);
CREATE INDEX ix_codes_app_id ON public.codes USING btree (app_id);
CREATE INDEX ix_codes_expires_at ON public.codes USING btree (expires_at);
CREATE INDEX ix_deliveries_cancel ON public.deliveries USING btree (id) WHERE (cancel_at IS NOT NULL);
CREATE INDEX ix_deliveries_number ON public.deliveries USING btree (number, fax_id);
CREATE INDEX ix_deliveries_open ON public.deliveries USING btree (id) WHERE (state = ANY (ARRAY['calling'::text, 'preparing'::text, 'waiting'::text]));
CREATE INDEX ix_deliveries_preparing ON public.deliveries USING btree (organization_id, id) WHERE (state = 'preparing'::text);
CREATE INDEX ix_deliveries_waiting ON public.deliveries USING btree (organization_id, trunk, next_call_at, id) WHERE (state = 'waiting'::text);
CREATE INDEX ix_destinations_tried_at ON public.destinations USING btree (tried_at);
CREATE INDEX ix_dids_extension_id ON public.dids USING btree (extension_id);
CREATE INDEX ix_events_extension_id_id ON public.events USING btree (extension_id, id);
CREATE INDEX ix_events_fax_id_id ON public.events USING btree (fax_id, id);
CREATE INDEX ix_extensions_owner_id ON public.extensions USING btree (owner_id);
CREATE INDEX ix_extensions_short ON public.extensions USING btree (short);
CREATE INDEX ix_fax_files_place ON public.fax_files USING btree (place);
CREATE INDEX ix_faxes_account_id_id ON public.faxes USING btree (account_id, id);
CREATE INDEX ix_faxes_extension_id_id ON public.faxes USING btree (extension_id, id);
CREATE INDEX ix_faxes_give_up_at ON public.faxes USING btree (give_up_at) WHERE (give_up_at IS NOT NULL);
CREATE INDEX ix_faxes_place ON public.faxes USING btree (place);
CREATE INDEX ix_hooks_extension_id ON public.hooks USING btree (extension_id);
CREATE INDEX ix_inbox_extension_id_id ON public.inbox USING btree (extension_id, id);
CREATE INDEX ix_inbox_place ON public.inbox USING btree (place);
CREATE INDEX ix_inbox_records_kept_at ON public.inbox_records USING btree (kept_at);
CREATE INDEX ix_keys_answered_at ON public.keys USING btree (answered_at);
CREATE INDEX ix_manners_learnt_at ON public.manners USING btree (learnt_at);
CREATE INDEX ix_missed_calls_missed_at ON public.missed_calls USING btree (missed_at);
CREATE INDEX ix_notices_event_id ON public.notices USING btree (event_id);
CREATE INDEX ix_notices_hook_id_id ON public.notices USING btree (hook_id, id);
CREATE INDEX ix_notices_waiting ON public.notices USING btree (next_try_at) WHERE (state = 'waiting'::text);
CREATE INDEX ix_receptions_extension_id ON public.receptions USING btree (extension_id);
CREATE INDEX ix_sessions_account_id ON public.sessions USING btree (account_id);
CREATE INDEX ix_sessions_expires_at ON public.sessions USING btree (expires_at);
CREATE INDEX ix_tokens_app_id ON public.tokens USING btree (app_id);
CREATE INDEX ix_tokens_consent ON public.tokens USING btree (consent);
CREATE INDEX ix_tokens_expires_at ON public.tokens USING btree (expires_at);
CREATE INDEX ix_uploads_expires_at ON public.uploads USING btree (expires_at);
CREATE INDEX ix_uploads_place ON public.uploads USING btree (place);
CREATE UNIQUE INDEX ux_deletions_fax_id ON public.deletions USING btree (fax_id);
CREATE UNIQUE INDEX ux_deletions_inbox_id ON public.deletions USING btree (inbox_id);
CREATE UNIQUE INDEX ux_deliveries_calling ON public.deliveries USING btree (number) WHERE (state = 'calling'::text);
CREATE TRIGGER dbos_notifications_trigger AFTER INSERT ON dbos.notifications FOR EACH ROW EXECUTE FUNCTION dbos.notifications_function();
CREATE TRIGGER audit_heads_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_heads FOR EACH STATEMENT EXECUTE FUNCTION public.audit_heads_stays();
CREATE TRIGGER audit_log_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION public.audit_log_stays();
CREATE TRIGGER deliveries_moves BEFORE UPDATE OF state ON public.deliveries FOR EACH ROW WHEN (((old.state <> new.state) AND (NOT (((old.state = 'uploading'::text) AND (new.state = ANY (ARRAY['cancelled'::text, 'failed'::text, 'preparing'::text]))) OR ((old.state = 'preparing'::text) AND (new.state = ANY (ARRAY['cancelled'::text, 'failed'::text, 'sent'::text, 'waiting'::text]))) OR ((old.state = 'waiting'::text) AND (new.state = ANY (ARRAY['calling'::text, 'cancelled'::text, 'failed'::text, 'sent'::text, 'uncertain'::text]))) OR ((old.state = 'calling'::text) AND (new.state = ANY (ARRAY['cancelled'::text, 'failed'::text, 'sent'::text, 'uncertain'::text, 'waiting'::text]))) OR ((old.state = 'failed'::text) AND (new.state = ANY (ARRAY['preparing'::text, 'waiting'::text]))) OR ((old.state = 'cancelled'::text) AND (new.state = ANY (ARRAY['preparing'::text, 'waiting'::text]))) OR ((old.state = 'uncertain'::text) AND (new.state = 'waiting'::text)))))) EXECUTE FUNCTION public.deliveries_moves();
ALTER TABLE ONLY dbos.notifications
    ADD CONSTRAINT notifications_destination_uuid_fkey FOREIGN KEY (destination_uuid) REFERENCES dbos.workflow_status(workflow_uuid) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE ONLY dbos.streams
    ADD CONSTRAINT streams_workflow_uuid_fkey FOREIGN KEY (workflow_uuid) REFERENCES dbos.workflow_status(workflow_uuid) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE ONLY dbos.workflow_events_history
    ADD CONSTRAINT workflow_events_history_workflow_uuid_fkey FOREIGN KEY (workflow_uuid) REFERENCES dbos.workflow_status(workflow_uuid) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE ONLY dbos.workflow_events
    ADD CONSTRAINT workflow_events_workflow_uuid_fkey FOREIGN KEY (workflow_uuid) REFERENCES dbos.workflow_status(workflow_uuid) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT fk_accounts_parent_id FOREIGN KEY (parent_id) REFERENCES public.accounts(id);
ALTER TABLE ONLY public.apps
    ADD CONSTRAINT fk_apps_account_id FOREIGN KEY (account_id) REFERENCES public.accounts(id);
ALTER TABLE ONLY public.call_records
    ADD CONSTRAINT fk_call_records_delivery_id_number FOREIGN KEY (delivery_id, number) REFERENCES public.calls(delivery_id, number) ON DELETE CASCADE;
ALTER TABLE ONLY public.calls
    ADD CONSTRAINT fk_calls_delivery_id FOREIGN KEY (delivery_id) REFERENCES public.deliveries(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.codes
    ADD CONSTRAINT fk_codes_account_id FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.codes
    ADD CONSTRAINT fk_codes_app_id FOREIGN KEY (app_id) REFERENCES public.apps(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.deletions
    ADD CONSTRAINT fk_deletions_extension_id FOREIGN KEY (extension_id) REFERENCES public.extensions(id);
ALTER TABLE ONLY public.deletions
    ADD CONSTRAINT fk_deletions_fax_id FOREIGN KEY (fax_id) REFERENCES public.faxes(id);
ALTER TABLE ONLY public.deletions
    ADD CONSTRAINT fk_deletions_inbox_id FOREIGN KEY (inbox_id) REFERENCES public.inbox(id);
ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT fk_deliveries_extension_id FOREIGN KEY (extension_id) REFERENCES public.extensions(id);
ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT fk_deliveries_fax_id FOREIGN KEY (fax_id) REFERENCES public.faxes(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.dids
    ADD CONSTRAINT fk_dids_extension_id FOREIGN KEY (extension_id) REFERENCES public.extensions(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.events
    ADD CONSTRAINT fk_events_extension_id FOREIGN KEY (extension_id) REFERENCES public.extensions(id);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT fk_events_fax_id FOREIGN KEY (fax_id) REFERENCES public.faxes(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.events
    ADD CONSTRAINT fk_events_inbox_id FOREIGN KEY (inbox_id) REFERENCES public.inbox(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.extensions
    ADD CONSTRAINT fk_extensions_owner_id FOREIGN KEY (owner_id) REFERENCES public.accounts(id);
ALTER TABLE ONLY public.fax_files
    ADD CONSTRAINT fk_fax_files_fax_id FOREIGN KEY (fax_id) REFERENCES public.faxes(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.faxes
    ADD CONSTRAINT fk_faxes_account_id FOREIGN KEY (account_id) REFERENCES public.accounts(id);
ALTER TABLE ONLY public.faxes
    ADD CONSTRAINT fk_faxes_extension_id FOREIGN KEY (extension_id) REFERENCES public.extensions(id);
ALTER TABLE ONLY public.hooks
    ADD CONSTRAINT fk_hooks_extension_id FOREIGN KEY (extension_id) REFERENCES public.extensions(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT fk_inbox_extension_id FOREIGN KEY (extension_id) REFERENCES public.extensions(id);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT fk_inbox_fax_id FOREIGN KEY (fax_id) REFERENCES public.faxes(id);
ALTER TABLE ONLY public.inbox_records
    ADD CONSTRAINT fk_inbox_records_inbox_id FOREIGN KEY (inbox_id) REFERENCES public.inbox(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.manners
    ADD CONSTRAINT fk_manners_destination_id FOREIGN KEY (destination_id) REFERENCES public.destinations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notices
    ADD CONSTRAINT fk_notices_event_id FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notices
    ADD CONSTRAINT fk_notices_hook_id FOREIGN KEY (hook_id) REFERENCES public.hooks(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.page_evidence
    ADD CONSTRAINT fk_page_evidence_delivery_id_call_number FOREIGN KEY (delivery_id, call_number) REFERENCES public.calls(delivery_id, number) ON DELETE CASCADE;
ALTER TABLE ONLY public.page_reports
    ADD CONSTRAINT fk_page_reports_fax_id FOREIGN KEY (fax_id) REFERENCES public.faxes(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.receptions
    ADD CONSTRAINT fk_receptions_extension_id FOREIGN KEY (extension_id) REFERENCES public.extensions(id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT fk_sessions_account_id FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT fk_tokens_account_id FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT fk_tokens_app_id FOREIGN KEY (app_id) REFERENCES public.apps(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT fk_uploads_fax_id FOREIGN KEY (fax_id) REFERENCES public.faxes(id) ON DELETE CASCADE;
