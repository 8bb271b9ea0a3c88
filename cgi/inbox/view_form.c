#include "inbox/view_parts.h"

#include <string.h>

/* An input of the form. */
struct input {
	enum ask_text text;
	const char *name, *label, *list, *hint;
};

/* Names from Meta's documentation, for the lists that help with typing. */
static const char *const objects[] = { "whatsapp_business_account", "page",
	"instagram", "user", "permissions", "application", "threads",
	"ad_account", NULL };
static const char *const fields[] = { "messages", "messaging", "feed",
	"comments", "mentions", "leadgen", "photos", "statuses",
	"message_template_status_update", "security", NULL };
static const char *const times[] = { "today", "yesterday", "2h", "24h", "7d",
	NULL };

static struct span
value_of(const struct view *view, enum ask_text text)
{
	const char *value = view->ask->texts[text];

	return (struct span){ value, strlen(value) };
}

static void
put_input(struct html *html, const struct view *view,
    const struct input *input)
{
	html_format(html, "<label class=\"field\"><span>%s</span> "
	    "<input name=\"%s\" id=\"%s\" list=\"%s\" placeholder=\"%s\" "
	    "maxlength=\"%d\" size=\"12\" dir=\"auto\" autocomplete=\"off\" "
	    "autocapitalize=\"none\" spellcheck=\"false\" value=\"",
	    input->label, input->name, input->name, input->list, input->hint,
	    ASK_TEXT_MAX);
	html_attribute(html, value_of(view, input->text));
	html_put(html, "\"></label>\n");
}

static void
put_list(struct html *html, const char *id, const char *const *words)
{
	html_format(html, "<datalist id=\"%s\">", id);
	for (; *words != NULL; words++)
		html_format(html, "<option value=\"%s\"></option>", *words);
	html_put(html, "</datalist>\n");
}

static void
put_filters(struct html *html, const struct view *view)
{
	static const struct input inputs[] = {
		{ ASK_OBJECT, "object", "Object", "objects", "any" },
		{ ASK_FIELD, "field", "Field", "fields", "any" },
		{ ASK_FROM, "from", "From (UTC)", "times", "the first" },
		{ ASK_TO, "to", "To (UTC)", "times", "now" } };
	bool used = false;
	size_t i;

	for (i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
		used |= view->ask->texts[inputs[i].text][0] != '\0';
	html_format(html, "<details class=\"filters\"%s><summary>Filters"
	    "</summary>\n<div>\n", used ? " open" : "");
	for (i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
		put_input(html, view, &inputs[i]);
	html_put(html, "</div></details>\n");
	put_list(html, "objects", objects);
	put_list(html, "fields", fields);
	put_list(html, "times", times);
}

/* Keeps a value that only links can set, when the form is sent. */
static void
put_hidden(struct html *html, const struct view *view, enum ask_text text,
    const char *name)
{
	if (view->ask->texts[text][0] == '\0')
		return;
	html_format(html, "<input type=\"hidden\" name=\"%s\" value=\"", name);
	html_attribute(html, value_of(view, text));
	html_put(html, "\">\n");
}

void
view_form(struct html *html, const struct view *view)
{
	html_format(html, "<form id=\"search\" role=\"search\" action=\"?\" "
	    "method=\"get\">\n<label class=\"q\"><span>Search</span> "
	    "<input type=\"search\" name=\"q\" id=\"q\" maxlength=\"%d\" "
	    "dir=\"auto\" placeholder=\"Search text or number\" "
	    "autocomplete=\"off\" autocapitalize=\"none\" "
	    "spellcheck=\"false\" enterkeyhint=\"search\" value=\"",
	    ASK_TEXT_MAX);
	html_attribute(html, value_of(view, ASK_Q));
	html_put(html, "\"></label>\n");
	put_filters(html, view);
	put_hidden(html, view, ASK_ENTRY, "entry");
	put_hidden(html, view, ASK_ENDPOINT, "endpoint");
	html_put(html, "<button type=\"submit\" id=\"find\">Find</button>\n");
	if (ask_is_search(view->ask))
		html_put(html, "<a class=\"button\" id=\"clear\" href=\"?\">"
		    "Clear</a>\n");
	html_put(html, "</form>\n");
}
