/* What the sender of a page asks after it, with ECM (PPS-EOP) or without (EOP): T.30 5.3.6.1.6, A.4.3. */

#ifndef UNIFAX_QUESTIONS_H
#define UNIFAX_QUESTIONS_H

#include <stdint.h>
#include <spandsp.h>

/* The question itself; of a frame that puts none, its FCF. `fcf2` is that of PPS. */
static inline int question_of(int fcf, int fcf2)
{
    return ((fcf & 0xFE) == T30_PPS ? fcf2 : fcf) & 0xFE;
}

/* Every question after a whole page. PPS-NULL asks about a part of one. */
static inline int is_after_page(int question)
{
    switch (question) {
    case T30_EOP:
    case T30_MPS:
    case T30_EOM:
    case T30_PRI_EOP:
    case T30_PRI_MPS:
    case T30_PRI_EOM:
        return 1;
    default:
        return 0;
    }
}

#endif
