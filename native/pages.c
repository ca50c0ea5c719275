#include "pages.h"
#include "questions.h"

/* A frame's FCF, without the bit that says who made it, and of PPS what it asks. */
static int what_it_is(const line_entry_t *frame)
{
    int fcf = frame->value & 0xFE;

    return fcf << 8 | (fcf == T30_PPS ? frame->detail & 0xFE : 0);
}

static int asked_by(int frame)
{
    return question_of(frame >> 8, frame & 0xFF);
}

/* End of procedure: the question after the last page (T.30 5.3.6.1.6, A.4.3). */
static int is_after_last_page(int frame)
{
    return asked_by(frame) == T30_EOP || asked_by(frame) == T30_PRI_EOP;
}

/* The page was received; RTP also asks for new training, PIP for an operator (T.30 5.3.6.1.7). */
static int accepts(int frame)
{
    return frame == T30_MCF << 8 || frame == T30_RTP << 8 || frame == T30_PIP << 8;
}

/* libspandsp 0.0.6 itself answers a page that it could not read, without ECM, with FCF 0xFF instead of RTN. */
static int refuses(int frame, int fcf)
{
    return frame == T30_RTN << 8 || frame == T30_PIN << 8 || t30_frametype((uint8_t) fcf)[0] == '?';
}

/* Whether a confirmation can only be one that was given before: nothing of another page has come since. */
static int is_repeated(const pages_t *pages, const line_entry_t *answer)
{
    int begun = answer->length_rows > 0 && !is_after_last_page(pages->confirmed_question);

    return pages->question == pages->confirmed_question && !begun;
}

static int answer(pages_t *pages, const line_entry_t *answer)
{
    int frame = what_it_is(answer), kept = pages->kept;

    if (refuses(frame, answer->value))
        pages->kept = 0;
    if (!accepts(frame))
        return 0;
    pages->kept = 0;
    if (!kept || answer->pages_rx <= pages->confirmed) {
        pages->uncounted |= kept || (is_after_page(asked_by(pages->question)) && !is_repeated(pages, answer));
        return 0;
    }
    pages->confirmed++;
    pages->confirmed_question = pages->question;
    return 1;
}

static int ask(pages_t *pages, int frame)
{
    if (!is_after_last_page(frame) || pages->last_page_out)
        return 0;
    pages->last_page_out = 1;
    return 1;
}

int pages_frame(pages_t *pages, const line_entry_t *frame)
{
    int what = what_it_is(frame);

    if (what == T30_CFR << 8 && frame->outgoing != pages->sending)
        return 0;
    if (frame->outgoing)
        return pages->sending ? ask(pages, what) : answer(pages, frame);
    if (!pages->sending && (what >> 8 == T30_PPS || is_after_page(asked_by(what))))
        pages->question = what;
    return 0;
}

void pages_phase_d(pages_t *pages)
{
    if (!pages->sending)
        pages->kept = 1;
}

void pages_withdraw(pages_t *pages)
{
    if (!pages->sending)
        pages->confirmed--;
}
