// Lets a C++ compiler take model/backends/cuda/kernels.cu: the grid becomes two loops.
#include <cmath>
#include <cstring>
struct Place { int x, y; };
static Place blockIdx, blockDim, threadIdx;
#define __device__ static
#define __global__
static unsigned int __float_as_uint(float value) {
    unsigned int bits;
    std::memcpy(&bits, &value, 4);
    return bits;
}
static float __uint_as_float(unsigned int bits) {
    float value;
    std::memcpy(&value, &bits, 4);
    return value;
}
// IEEE 754 half precision, to nearest, ties to even; enough for finite numbers.
static unsigned short half_bits(float value) {
    unsigned int bits = __float_as_uint(value), sign = (bits >> 16) & 0x8000u;
    float size = std::fabs(value);
    if (size >= 65520.0f) return sign | 0x7c00u;
    if (size < 6.103515625e-05f)
        return sign | (unsigned short)(int)std::rint(std::ldexp(size, 24));
    int exponent;
    std::frexp(size, &exponent);
    float unit = std::ldexp(1.0f, exponent - 11);
    int steps = (int)std::rint(size / unit);
    return sign | (unsigned short)(((exponent + 13) << 10) + steps);
}
static float of_half_bits(unsigned short bits) {
    int exponent = (bits >> 10) & 31, steps = bits & 1023;
    float size = exponent ? std::ldexp((float)(steps + 1024), exponent - 25)
                          : std::ldexp((float)steps, -24);
    return bits & 0x8000 ? -size : size;
}
