/*
 * eval_image: evals about images that a mail carries.
 *
 * Only what their first octets say is read; a size that is not there is 0.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "eval_util.h"
#include "mime_facts.h"

enum { IMAGES_MAX = 1000, HEAD_MAX = 1 << 18 };

enum kind { GIF, PNG, JPEG, KINDS };

struct image {
	enum kind kind;
	unsigned width, height;
	struct str name;
};

struct images {
	struct image *at;
	size_t count;
};

static unsigned
octet(struct str s, size_t i)
{
	return i < s.len ? (unsigned char)s.data[i] : 0;
}

static unsigned
big16(struct str s, size_t i)
{
	return octet(s, i) << 8 | octet(s, i + 1);
}

static unsigned
big32(struct str s, size_t i)
{
	return big16(s, i) << 16 | big16(s, i + 2);
}

static void
read_gif(struct str s, struct image *image)
{
	if (!str_starts(s, "GIF87a") && !str_starts(s, "GIF89a"))
		return;
	image->width = octet(s, 7) << 8 | octet(s, 6);
	image->height = octet(s, 9) << 8 | octet(s, 8);
}

static void
read_png(struct str s, struct image *image)
{
	if (!str_starts(s, "\x89PNG\r\n\x1a\n") || big32(s, 8) != 13 ||
	    !str_starts(str_from(s, 12), "IHDR"))
		return;
	image->width = big32(s, 16);
	image->height = big32(s, 20);
}

/* Segments up to the one that begins a frame. */
static void
read_jpeg(struct str s, struct image *image)
{
	unsigned mark, length;
	size_t at = 2;

	if (!str_starts(s, "\xff\xd8"))
		return;
	while (at + 4 <= s.len && octet(s, at) == 0xff) {
		mark = octet(s, at + 1);
		length = big16(s, at + 2);
		if (mark == 0xda || mark == 0xd9 || length < 2)
			return;
		if (mark >= 0xc0 && mark <= 0xcf && mark != 0xc4 &&
		    mark != 0xc8 && mark != 0xcc) {
			image->height = big16(s, at + 5);
			image->width = big16(s, at + 7);
			return;
		}
		at += 2 + (size_t)length;
	}
}

static bool
kind_of(const struct mime_part *part, enum kind *out)
{
	static const struct {
		const char *subtype;
		enum kind kind;
	} kinds[] = {{"gif", GIF}, {"png", PNG}, {"jpeg", JPEG}, {"jpg", JPEG}};
	size_t i;

	for (i = 0; str_is(part->type, "image") &&
	     i < sizeof(kinds) / sizeof(kinds[0]);
	     i++)
		if (str_is(part->subtype, kinds[i].subtype)) {
			*out = kinds[i].kind;
			return true;
		}
	return false;
}

static void
find_images(struct eval_context *c, struct images *out)
{
	static void (*const readers[KINDS])(struct str, struct image *) = {
	    [GIF] = read_gif, [PNG] = read_png, [JPEG] = read_jpeg};
	struct arena *arena = c->scan->arena;
	const struct mime_part *part;
	struct mime_head head;
	struct image *image;
	enum kind kind;

	*out = (struct images) {NULL, 0};
	for (part = target_first_part(c->targets); part;
	     part = mime_next(part)) {
		if (part->child || !kind_of(part, &kind) ||
		    out->count == IMAGES_MAX)
			continue;
		mime_head_read(part, arena, &head);
		if (!str_is(head.encoding, "base64"))
			continue;
		out->at =
		    arena_push(arena, out->at, out->count, sizeof(*out->at));
		image = &out->at[out->count++];
		image->kind = kind;
		image->name = part->name;
		readers[kind](mime_decode(part, HEAD_MAX, arena), image);
	}
}

/* The nth argument: "all", or a kind. */
static bool
is_wanted(struct eval_context *c, size_t n, const struct image *image)
{
	static const char *const names[KINDS] = {
	    [GIF] = "gif", [PNG] = "png", [JPEG] = "jpeg"};
	struct str kind = eval_arg(c, n);

	return str_is(kind, "all") || str_is(kind, names[image->kind]);
}

static bool
is_kind(struct str kind)
{
	return str_is(kind, "all") || str_is(kind, "gif") ||
	    str_is(kind, "png") || str_is(kind, "jpeg");
}

/* image_count(kind, min[, max]) */
static unsigned
image_count(struct eval_context *c)
{
	struct images images;
	size_t i, count = 0;

	find_images(c, &images);
	for (i = 0; i < images.count; i++)
		count += is_wanted(c, 0, &images.at[i]);
	return is_kind(eval_arg(c, 0)) && eval_in_range(c, 1, (double)count);
}

static double
area_of(struct eval_context *c, const struct images *images)
{
	double area = 0;
	size_t i;

	for (i = 0; i < images->count; i++)
		if (is_wanted(c, 0, &images->at[i]))
			area += (double)images->at[i].width *
			    (double)images->at[i].height;
	return area;
}

/* pixel_coverage(kind, min[, max]) */
static unsigned
pixel_coverage(struct eval_context *c)
{
	struct images images;

	find_images(c, &images);
	return is_kind(eval_arg(c, 0)) &&
	    eval_in_range(c, 1, area_of(c, &images));
}

/* image_to_text_ratio(kind, min, max): octets of text for a pixel */
static unsigned
image_to_text_ratio(struct eval_context *c)
{
	const struct target_texts *texts;
	struct images images;
	double area, ratio, max;
	size_t i, text = 0;

	find_images(c, &images);
	area = area_of(c, &images);
	if (area <= 0)
		return 0;
	texts = c->rule->on == RULE_RAWBODY ? target_rawbody(c->targets) :
					      target_body(c->targets);
	for (i = 0; i < texts->count; i++)
		text += texts->at[i].len;
	ratio = (double)text / area;
	return text > 0 && eval_in_range(c, 1, ratio) &&
	    !(eval_number(c, 2, &max) && ratio >= max);
}

/* image_size_exact(kind, height, width) */
static unsigned
image_size_exact(struct eval_context *c)
{
	double height = 0, width = 0;
	struct images images;
	size_t i;

	eval_number(c, 1, &height);
	eval_number(c, 2, &width);
	find_images(c, &images);
	for (i = 0; i < images.count; i++)
		if (is_wanted(c, 0, &images.at[i]) &&
		    images.at[i].width * images.at[i].height > 0 &&
		    (unsigned)height == images.at[i].height &&
		    (unsigned)width == images.at[i].width)
			return 1;
	return 0;
}

static bool
is_at_most(struct eval_context *c, size_t n, unsigned value)
{
	double limit;

	return !eval_number(c, n, &limit) || value <= limit;
}

static bool
is_at_least(struct eval_context *c, size_t n, unsigned value)
{
	double limit;

	return !eval_number(c, n, &limit) || value >= limit;
}

/* image_size_range(kind, minh, minw[, maxh[, maxw]]) */
static unsigned
image_size_range(struct eval_context *c)
{
	const struct image *image;
	struct images images;
	size_t i;

	find_images(c, &images);
	for (i = 0; i < images.count; i++) {
		image = &images.at[i];
		if (is_wanted(c, 0, image) && image->height > 0 &&
		    image->width > 0 && is_at_least(c, 1, image->height) &&
		    is_at_least(c, 2, image->width) &&
		    is_at_most(c, 3, image->height) &&
		    is_at_most(c, 4, image->width))
			return 1;
	}
	return 0;
}

/* image_named(name) */
static unsigned
image_named(struct eval_context *c)
{
	struct images images;
	size_t i;

	find_images(c, &images);
	for (i = 0; i < images.count; i++)
		if (images.at[i].height > 0 && images.at[i].width > 0 &&
		    str_eq(images.at[i].name, eval_arg(c, 0)))
			return 1;
	return 0;
}

/* image_name_regex(regex) */
static unsigned
image_name_regex(struct eval_context *c)
{
	struct images images;
	size_t i;

	find_images(c, &images);
	for (i = 0; i < images.count; i++)
		if (images.at[i].height > 0 && images.at[i].width > 0 &&
		    images.at[i].name.len > 0 &&
		    eval_matches(c, images.at[i].name))
			return 1;
	return 0;
}

const struct eval eval_image_table[] = {
    {"image_count", 2, 3, image_count, 0},
    {"image_name_regex", 1, 1, image_name_regex, 1},
    {"image_named", 1, 1, image_named, 0},
    {"image_size_exact", 3, 3, image_size_exact, 0},
    {"image_size_range", 3, 5, image_size_range, 0},
    {"image_to_text_ratio", 3, 3, image_to_text_ratio, 0},
    {"pixel_coverage", 2, 3, pixel_coverage, 0},
    {NULL, 0, 0, NULL, 0},
};
