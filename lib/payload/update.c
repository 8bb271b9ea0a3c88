#include "payload/update.h"

const char *
update_array_name(enum update_array array)
{
	static const char *const names[UPDATE_ARRAYS] = {
		[UPDATE_CHANGES] = "changes",
		[UPDATE_MESSAGING] = "messaging",
		[UPDATE_STANDBY] = "standby",
		[UPDATE_CHANGED_FIELDS] = "changed_fields",
		[UPDATE_MESSAGES] = "messages",
		[UPDATE_STATUSES] = "statuses",
		[UPDATE_MESSAGE_ECHOES] = "message_echoes",
		[UPDATE_CALLS] = "calls",
		[UPDATE_FIELD] = "field",
		[UPDATE_VALUES] = "values"
	};

	return names[array];
}
