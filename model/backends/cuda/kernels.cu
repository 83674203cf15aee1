// Colour on the device: planes to the network's numbers and back.
//
// model/backends/cuda/reference_kernels.py defines what each kernel computes. Sums stand in the order of
// the twin; compile with --fmad=false, or the last bit will differ.

#ifdef __CUDACC__
__device__ inline unsigned short half_bits(float value) {
    unsigned short bits;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value));
    return bits;
}
__device__ inline float of_half_bits(unsigned short bits) {
    float value;
    asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
    return value;
}
#endif

// Kinds of the network's numbers.
#define FP32 0
#define FP16 1

__device__ inline unsigned short brain_bits(float value) {
    unsigned int bits = __float_as_uint(value);
    return (unsigned short)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

__device__ inline void store(void* out, long long place, int kind, float value) {
    if (kind == FP32) {
        ((float*)out)[place] = value;
    } else {
        ((unsigned short*)out)[place] =
            kind == FP16 ? half_bits(value) : brain_bits(value);
    }
}

__device__ inline float load(const void* in, long long place, int kind) {
    if (kind == FP32) return ((const float*)in)[place];
    unsigned short bits = ((const unsigned short*)in)[place];
    return kind == FP16 ? of_half_bits(bits) : __uint_as_float((unsigned int)bits << 16);
}

__device__ inline float in_unit(float value) { return fminf(fmaxf(value, 0.0f), 1.0f); }

__device__ inline int limited(int value, int count) {
    return value < 0 ? 0 : (value >= count ? count - 1 : value);
}

__device__ inline int reflected(int place, int have) {
    return place < have ? place : 2 * (have - 1) - place;
}

__device__ inline int code(const void* plane, long long place, int wide, int shift) {
    int value = wide ? ((const unsigned short*)plane)[place]
                     : ((const unsigned char*)plane)[place];
    return value >> shift;
}

__device__ inline void store_code(
    void* plane, long long place, int wide, int shift, float value, int peak) {
    float whole = floorf(value + 0.5f);
    int number = (int)fminf(fmaxf(whole, 0.0f), (float)peak) << shift;
    if (wide) {
        ((unsigned short*)plane)[place] = (unsigned short)number;
    } else {
        ((unsigned char*)plane)[place] = (unsigned char)number;
    }
}

// Sixteen times the chroma at a place of luma: the four samples around it, weighed.
__device__ inline int chroma_at(
    const void* plane, int row, int column, int rows, int columns, long long pitch,
    int step, int wide, int shift, int phase_x, int phase_y) {
    int across = 2 * column - phase_x, down = 2 * row - phase_y;
    int left = across >> 2, top = down >> 2;
    int part_x = across - 4 * left, part_y = down - 4 * top;
    long long upper = limited(top, rows) * pitch;
    long long lower = limited(top + 1, rows) * pitch;
    long long first = (long long)limited(left, columns) * step;
    long long second = (long long)limited(left + 1, columns) * step;
    int above = code(plane, upper + first, wide, shift) * (4 - part_x)
              + code(plane, upper + second, wide, shift) * part_x;
    int below = code(plane, lower + first, wide, shift) * (4 - part_x)
              + code(plane, lower + second, wide, shift) * part_x;
    return above * (4 - part_y) + below * part_y;
}

// One thread for each pixel of the padded picture.
extern "C" __global__ void planes_to_network(
    const void* luma, const void* cb, const void* cr, long long luma_pitch,
    long long chroma_pitch, int chroma_step, int wide, int shift, int phase_x,
    int phase_y, int height, int width, int padded_height, int padded_width,
    int luma_offset, int chroma_offset, float luma_scale, float red_of_cr,
    float green_of_cb, float green_of_cr, float blue_of_cb, void* out, int kind,
    long long channel_stride, long long row_stride, long long pixel_stride) {
    int x = blockIdx.x * blockDim.x + threadIdx.x;
    int y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= padded_width || y >= padded_height) return;
    int column = reflected(x, width), row = reflected(y, height);
    int rows = (height + 1) / 2, columns = (width + 1) / 2;
    float light =
        (float)(code(luma, row * luma_pitch + column, wide, shift) - luma_offset)
        * luma_scale;
    float blue_part = (float)(chroma_at(cb, row, column, rows, columns, chroma_pitch,
                                        chroma_step, wide, shift, phase_x, phase_y)
                              - 16 * chroma_offset);
    float red_part = (float)(chroma_at(cr, row, column, rows, columns, chroma_pitch,
                                       chroma_step, wide, shift, phase_x, phase_y)
                             - 16 * chroma_offset);
    float red = light + red_part * red_of_cr;
    float green = (light + blue_part * green_of_cb) + red_part * green_of_cr;
    float blue = light + blue_part * blue_of_cb;
    long long place = y * row_stride + x * pixel_stride;
    store(out, place, kind, in_unit(red));
    store(out, place + channel_stride, kind, in_unit(green));
    store(out, place + 2 * channel_stride, kind, in_unit(blue));
}

__device__ inline int triangle(int offset, int phase) {
    int away = 2 * offset - phase;
    int weight = 4 - (away < 0 ? -away : away);
    return weight < 0 ? 0 : weight;
}

// One thread for each chroma sample, and the four luma samples that it lies among.
extern "C" __global__ void network_to_planes(
    const void* in, int kind, long long channel_stride, long long row_stride,
    long long pixel_stride, void* luma, void* cb, void* cr, long long luma_pitch,
    long long chroma_pitch, int chroma_step, int wide, int shift, int phase_x,
    int phase_y, int height, int width, int luma_offset, int chroma_offset,
    float share_red, float share_green, float share_blue, float luma_span,
    float cb_scale, float cr_scale, int peak) {
    int chroma_x = blockIdx.x * blockDim.x + threadIdx.x;
    int chroma_y = blockIdx.y * blockDim.y + threadIdx.y;
    if (chroma_x >= (width + 1) / 2 || chroma_y >= (height + 1) / 2) return;
    float total[3] = {0.0f, 0.0f, 0.0f};
    for (int down = -1; down < 3; ++down) {
        for (int across = -1; across < 3; ++across) {
            int x = 2 * chroma_x + across, y = 2 * chroma_y + down;
            long long place =
                limited(y, height) * row_stride + limited(x, width) * pixel_stride;
            float weight = (float)(triangle(down, phase_y) * triangle(across, phase_x));
            float red = in_unit(load(in, place, kind));
            float green = in_unit(load(in, place + channel_stride, kind));
            float blue = in_unit(load(in, place + 2 * channel_stride, kind));
            total[0] = total[0] + weight * red;
            total[1] = total[1] + weight * green;
            total[2] = total[2] + weight * blue;
            bool own = down >= 0 && down < 2 && across >= 0 && across < 2;
            if (own && x < width && y < height) {
                float grey =
                    (share_red * red + share_green * green) + share_blue * blue;
                store_code(luma, y * luma_pitch + x, wide, shift,
                           grey * luma_span + (float)luma_offset, peak);
            }
        }
    }
    float red = total[0] * 0.015625f, green = total[1] * 0.015625f;
    float blue = total[2] * 0.015625f;
    float grey = (share_red * red + share_green * green) + share_blue * blue;
    long long place = chroma_y * chroma_pitch + (long long)chroma_x * chroma_step;
    float middle = (float)chroma_offset;
    store_code(cb, place, wide, shift, (blue - grey) * cb_scale + middle, peak);
    store_code(cr, place, wide, shift, (red - grey) * cr_scale + middle, peak);
}

// One thread for each pixel of the padded picture; `in` is packed RGB.
extern "C" __global__ void pixels_to_network(
    const void* in, int wide, int height, int width, int padded_height,
    int padded_width, void* out, int kind, long long channel_stride,
    long long row_stride, long long pixel_stride) {
    int x = blockIdx.x * blockDim.x + threadIdx.x;
    int y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= padded_width || y >= padded_height) return;
    long long from = 3 * ((long long)reflected(y, height) * width + reflected(x, width));
    long long place = y * row_stride + x * pixel_stride;
    float peak = wide ? 65535.0f : 255.0f;
    for (int channel = 0; channel < 3; ++channel) {
        float value = (float)code(in, from + channel, wide, 0) / peak;
        store(out, place + channel * channel_stride, kind, value);
    }
}

// One thread for each pixel of the picture; `out` is packed RGB.
extern "C" __global__ void network_to_pixels(
    const void* in, int kind, long long channel_stride, long long row_stride,
    long long pixel_stride, void* out, int wide, int height, int width) {
    int x = blockIdx.x * blockDim.x + threadIdx.x;
    int y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= width || y >= height) return;
    long long place = y * row_stride + x * pixel_stride;
    long long to = 3 * ((long long)y * width + x);
    float peak = wide ? 65535.0f : 255.0f;
    for (int channel = 0; channel < 3; ++channel) {
        float value = in_unit(load(in, place + channel * channel_stride, kind)) * peak;
        if (wide) {
            ((unsigned short*)out)[to + channel] = (unsigned short)rintf(value);
        } else {
            ((unsigned char*)out)[to + channel] = (unsigned char)rintf(value);
        }
    }
}
