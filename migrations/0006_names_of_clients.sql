-- What an application calls people, chats and requests by: names of its own, each found by a keyed hash alone.

-- Auxiliary ids of people. Each is private to the application and the organisation: it names one person, and a person
-- has one. Sealed with the installation's key, as all that is said of a person.
CREATE TABLE user_aux_ids (
    client BYTEA NOT NULL REFERENCES clients (id),
    organisation BYTEA NOT NULL REFERENCES organisations (id),
    person BYTEA NOT NULL REFERENCES persons (id),
    aux_hash BYTEA NOT NULL,
    value BYTEA NOT NULL,
    PRIMARY KEY (client, organisation, person)
);
CREATE UNIQUE INDEX user_aux_ids_once ON user_aux_ids (client, organisation, aux_hash);
CREATE INDEX user_aux_ids_of ON user_aux_ids (person);

-- Auxiliary ids of group chats: one may name several. Sealed with the key of the organisation that owns the chat, and
-- gone with it.
CREATE TABLE chat_aux_ids (
    client BYTEA NOT NULL,
    organisation BYTEA NOT NULL,
    chat BYTEA NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
    aux_hash BYTEA NOT NULL,
    value BYTEA NOT NULL,
    PRIMARY KEY (client, organisation, chat)
);
CREATE INDEX chat_aux_ids_named ON chat_aux_ids (client, organisation, aux_hash, chat);
CREATE INDEX chat_aux_ids_of ON chat_aux_ids (chat);

-- What was made by a request that its client named, for as long as it may come again. The hash of the name is made with
-- the person, the application and the organisation.
CREATE TABLE done_requests (
    key_hash BYTEA NOT NULL PRIMARY KEY,
    request_hash BYTEA NOT NULL,
    made BYTEA NOT NULL,
    done_ms BIGINT NOT NULL
);
CREATE INDEX done_requests_done ON done_requests (done_ms);
