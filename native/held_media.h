/* An end of a fax's media in the hands of what carries it: one hold for all that happens in a tick, where a lock for each
 * datagram would cost. While it is held, nobody else gets on with it; what end.h says may be done to it. */

#ifndef UNIFAX_HELD_MEDIA_H
#define UNIFAX_HELD_MEDIA_H

#include "end.h"
#include "media.h"

end_t *media_hold(media_t *media);
void media_let_go(media_t *media);

#endif
