//! Names of columns: the usual spellings of the canonical ones, and tidy, unique names for the rest.

use super::source::{CANONICAL, ColumnType};

/// The usual spellings of canonical columns, the most telling first. The canonical name itself always comes before.
const SPELLINGS: &[(&str, &str, &[&str])] = &[
    (
        "*",
        "customer_id",
        &[
            "distinct_id",
            "user_id",
            "customer",
            "userid",
            "customerid",
            "client_id",
            "contact_id",
            "visitor_id",
            "account_id",
            "person_id",
            "requester_id",
            "respondent_id",
            "member_id",
            "external_user_id",
            "user_pseudo_id",
            "anonymous_id",
            "user",
            "visitor",
            "customer_oid",
            "uid",
        ],
    ),
    (
        "events",
        "event",
        &[
            "event_name",
            "event_type",
            "eventname",
            "action",
            "activity",
            "name",
            "type",
        ],
    ),
    (
        "events",
        "ts",
        &[
            "timestamp",
            "event_time",
            "event_timestamp",
            "occurred_at",
            "time",
            "datetime",
            "created_at",
            "event_date",
            "date",
            "received_at",
            "submitted_at",
            "collector_tstamp",
            "at",
        ],
    ),
    (
        "events",
        "session_id",
        &["session", "sessionid", "visit_id"],
    ),
    ("events", "properties", &["event_properties", "props"]),
    (
        "surveys",
        "survey",
        &["survey_type", "survey_name", "metric", "questionnaire"],
    ),
    (
        "surveys",
        "score",
        &[
            "rating",
            "nps",
            "nps_score",
            "csat",
            "csat_score",
            "ces",
            "answer_value",
            "value",
        ],
    ),
    ("surveys", "scale_max", &["max_score", "scale"]),
    (
        "surveys",
        "comment",
        &[
            "feedback", "verbatim", "remark", "comments", "text", "answer",
        ],
    ),
    (
        "surveys",
        "touchpoint",
        &["trigger", "journey_stage", "stage"],
    ),
    (
        "surveys",
        "channel",
        &["distribution_channel", "source", "medium"],
    ),
    ("surveys", "team", &["agent_group", "group"]),
    (
        "surveys",
        "ts",
        &[
            "timestamp",
            "submitted_at",
            "responded_at",
            "response_time",
            "answered_at",
            "completed_at",
            "recorded_date",
            "created_at",
            "submit_date",
            "end_date",
            "date",
            "time",
            "datetime",
        ],
    ),
    (
        "tickets",
        "ticket_id",
        &[
            "id",
            "conversation_id",
            "case_id",
            "case_number",
            "ticket",
            "ticketid",
            "number",
        ],
    ),
    (
        "tickets",
        "created_at",
        &[
            "created",
            "created_time",
            "createdate",
            "create_date",
            "opened_at",
            "ts",
            "timestamp",
            "submitted_at",
        ],
    ),
    (
        "tickets",
        "first_response_at",
        &[
            "first_reply_at",
            "first_responded_at",
            "first_agent_reply_date",
            "initial_response_time",
        ],
    ),
    (
        "tickets",
        "solved_at",
        &[
            "resolved_at",
            "resolved_time",
            "closed_at",
            "closed_date",
            "close_date",
            "closed_time",
            "closed",
        ],
    ),
    (
        "tickets",
        "category",
        &[
            "ticket_type",
            "type",
            "topic",
            "reason",
            "hs_ticket_category",
        ],
    ),
    ("tickets", "channel", &["via", "source", "via_channel"]),
    (
        "tickets",
        "team",
        &["group", "group_name", "assignee_group", "queue"],
    ),
    ("tickets", "priority", &["hs_ticket_priority", "severity"]),
    ("tickets", "status", &["state", "ticket_status"]),
    ("tickets", "reopens", &["reopen_count", "reopened"]),
    ("tickets", "replies", &["reply_count", "comment_count"]),
    (
        "tickets",
        "satisfaction",
        &[
            "satisfaction_score",
            "satisfaction_rating",
            "csat",
            "rating",
        ],
    ),
    (
        "subscriptions",
        "plan",
        &["plan_name", "plan_id", "product", "tier", "plan_oid"],
    ),
    (
        "subscriptions",
        "mrr",
        &["monthly_revenue", "monthly_recurring_revenue", "mrr_amount"],
    ),
    (
        "subscriptions",
        "started_at",
        &[
            "start_date",
            "start",
            "created_at",
            "activated_at",
            "subscription_started_at",
            "created",
        ],
    ),
    (
        "subscriptions",
        "ended_at",
        &[
            "end_date",
            "end",
            "churned_at",
            "canceled_at",
            "cancelled_at",
            "subscription_canceled_at",
        ],
    ),
    (
        "subscriptions",
        "ended_reason",
        &[
            "cancellation_reason",
            "cancel_reason",
            "churn_reason",
            "reason",
        ],
    ),
    ("customers", "customer_id", &["id"]),
];

/// The columns without which a file is not what its table holds. In a record only the time must have a value: an event
/// of nobody still happened (a third of real shop rows has no customer).
const REQUIRED: &[(&str, &[&str])] = &[("events", &["ts", "customer_id", "event"])];

/// Returns the canonical columns of a table; none for a table of the workspace's own.
pub(super) fn canonical(table: &str) -> &'static [(&'static str, ColumnType)] {
    CANONICAL
        .iter()
        .find(|(name, _)| *name == table)
        .map_or(&[], |(_, columns)| columns)
}

/// Returns the columns that a file of the table must have.
pub(super) fn required(table: &str) -> &'static [&'static str] {
    REQUIRED
        .iter()
        .find(|(name, _)| *name == table)
        .map_or(&[], |(_, columns)| columns)
}

/// Returns the column that holds the time of a table's records: where it exists, every record must have one.
pub(super) fn time_column(table: &str) -> &'static str {
    canonical(table)
        .iter()
        .find(|(_, kind)| *kind == ColumnType::Timestamp)
        .map_or("ts", |(name, _)| name)
}

/// Returns how well an input column's tidy name fits a canonical column of the table: 0 is best, none is not at all.
pub(super) fn fit(table: &str, column: &str, tidy: &str) -> Option<usize> {
    if tidy == column {
        return Some(0);
    }
    SPELLINGS
        .iter()
        .filter(|(owner, name, _)| (*owner == table || *owner == "*") && *name == column)
        .flat_map(|(_, _, spellings)| *spellings)
        .position(|spelling| *spelling == tidy)
        .map(|position| position + 1)
}

/// Tells whether a column holds identifiers, which stay text whatever they look like.
pub(super) fn is_identifier(tidy: &str) -> bool {
    tidy == "id" || tidy.ends_with("_id") || tidy.ends_with("uuid")
}

/// Returns the `snake_case` form of an input column's name, without anything that acts on a terminal.
///
/// `customerId`, `Customer ID` and `$customer_id` all become `customer_id`. A name with nothing to keep becomes empty.
pub(super) fn tidy(name: &str) -> String {
    let mut tidy = String::with_capacity(name.len() + 4);
    let letters: Vec<char> = name.trim().chars().take(120).collect();
    for (index, letter) in letters.iter().copied().enumerate() {
        if !letter.is_alphanumeric() {
            let leading = tidy.is_empty() && letter != '_';
            if !leading && !tidy.ends_with('_') {
                tidy.push('_');
            }
            continue;
        }
        let before = index.checked_sub(1).map(|at| letters[at]);
        let after = letters.get(index + 1);
        let starts_word = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_uppercase() && after.is_some_and(|after| after.is_lowercase()))
            });
        if starts_word && !tidy.ends_with('_') {
            tidy.push('_');
        }
        tidy.extend(letter.to_lowercase());
    }
    let length = tidy.trim_end_matches('_').len();
    tidy.truncate(length);
    match tidy.as_str() {
        // The store keeps these two for itself.
        "_file" | "_offset" => tidy.split_off(1),
        _ => tidy,
    }
}

/// Returns the name itself, or with the first number behind it that makes it a new one.
pub(super) fn unique(name: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(name) {
        return name.to_string();
    }
    (2..100_000)
        .map(|number| format!("{name}_{number}"))
        .find(|name| !taken(name))
        .unwrap_or_default()
}

/// Returns the text as it can be shown: at most `limit` characters, control characters as spaces.
pub(super) fn shown(text: &str, limit: usize) -> String {
    let mut shown: String = text
        .chars()
        .take(limit)
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    if text.chars().nth(limit).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_tidy() {
        for (name, expected) in [
            ("customerId", "customer_id"),
            ("CustomerID", "customer_id"),
            ("Customer ID", "customer_id"),
            ("$insert_id", "insert_id"),
            ("Duration (in seconds)", "duration_in_seconds"),
            ("HTTPStatus", "http_status"),
            ("_fivetran_deleted", "_fivetran_deleted"),
            ("_file", "file"),
            ("Größe", "größe"),
            ("\u{1b}[31mred", "31mred"),
            ("  ", ""),
        ] {
            assert_eq!(tidy(name), expected, "{name}");
        }
    }
}
