#include "inbox/view_parts.h"

static void
begin(struct html *html, const char *name)
{
	html_format(html, "<div><dt>%s</dt> <dd>", name);
}

static void
end(struct html *html)
{
	html_put(html, "</dd></div>\n");
}

/* An id or a digest: text that is read digit by digit. */
static void
put_code(struct html *html, const char *name, struct span text)
{
	if (text.bytes == NULL)
		return;
	begin(html, name);
	html_bdi(html, "code", text);
	end(html);
}

static void
put_words(struct html *html, const char *name, const char *words)
{
	begin(html, name);
	html_string(html, words);
	end(html);
}

static void
put_update(struct html *html, const struct record *record)
{
	begin(html, "Update");
	html_number(html, record->update_index + 1);
	html_put(html, " of ");
	html_number(html, record->update_count);
	html_put(html, ", from <code>");
	html_string(html, update_array_name(record->array));
	html_put(html, "</code>");
	end(html);
	put_code(html, "Meta's id", record->meta_id);
	put_code(html, "Entry", record->entry_id);
	put_code(html, "Entry's time", record->entry_time);
	put_code(html, "Delivery", record->delivery_id);
}

void
view_facts(struct html *html, const struct view *view)
{
	const struct record *record = &view->chosen->record;

	html_put(html, "<dl class=\"facts\" id=\"facts\">\n");
	if (record->update.bytes != NULL)
		put_update(html, record);
	else if (record->signature.bytes == NULL)
		put_words(html, "Signature", "none");
	put_code(html, "Signature", record->signature);
	put_code(html, "Id", record->id);
	put_code(html, "Repeat key", record->repeat_key);
	put_code(html, "Relayed from", record->relayed);
	if (record->indistinct)
		put_words(html, "Distinct", "no: it is a sample, or nothing in "
		    "it tells it from others like it");
	if (record->reformatted)
		put_words(html, "Reformatted", "yes: line breaks between its "
		    "tokens have become blanks");
	html_put(html, "</dl>\n");
}
