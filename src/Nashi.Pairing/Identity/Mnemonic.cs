using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Nashi.Pairing;

/// <summary>Secrets as words that a person can write down: BIP39, English. Source: bips/bip-0039.</summary>
public static class Mnemonic
{
    private const int Rounds = 2048;
    private const int SeedSize = 64;
    private const int BitsPerWord = 11;

    private static readonly string[] Words = Load();
    private static readonly FrozenDictionary<string, int> Numbers = Words.Select((word, i) => (word, i)).ToFrozenDictionary(x => x.word, x => x.i, StringComparer.Ordinal);

    /// <summary>Makes a phrase of 12 words: 128 random bits.</summary>
    public static string Generate(IRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> entropy = stackalloc byte[16];
        random.Fill(entropy);
        var phrase = FromEntropy(entropy);
        CryptographicOperations.ZeroMemory(entropy);
        return phrase;
    }

    /// <summary>The phrase of 16, 20, 24, 28 or 32 bytes of entropy.</summary>
    public static string FromEntropy(ReadOnlySpan<byte> entropy)
    {
        if (entropy.Length is < 16 or > 32 || entropy.Length % 4 != 0) throw new ArgumentException("Entropy has 16, 20, 24, 28 or 32 bytes.", nameof(entropy));
        Span<byte> bits = stackalloc byte[entropy.Length + 1];
        entropy.CopyTo(bits);
        bits[entropy.Length] = Checksum(entropy);
        var words = new string[entropy.Length * 3 / 4];
        for (var i = 0; i < words.Length; i++) words[i] = Words[Read(bits, i * BitsPerWord)];
        CryptographicOperations.ZeroMemory(bits);
        return string.Join(' ', words);
    }

    /// <summary>Whether these are words of the list in a number that makes a phrase, with the right checksum.</summary>
    /// <param name="phrase">Words between white space, in any case.</param>
    /// <param name="why">What is wrong, without the words themselves.</param>
    public static bool IsValid(string phrase, out string why)
    {
        ArgumentNullException.ThrowIfNull(phrase);
        var words = Split(phrase);
        if (words.Length is < 12 or > 24 || words.Length % 3 != 0) return Fail($"a phrase has 12, 15, 18, 21 or 24 words, not {words.Length}", out why);
        Span<byte> bits = stackalloc byte[33];
        bits.Clear();
        for (var i = 0; i < words.Length; i++)
        {
            if (!Numbers.TryGetValue(words[i], out var number)) return Fail($"word {i + 1} is not in the list", out why);
            Write(bits, i * BitsPerWord, number);
        }

        var size = words.Length * 4 / 3;
        var isRight = bits[size] == Checksum(bits[..size]);
        CryptographicOperations.ZeroMemory(bits);
        if (!isRight) return Fail("the words do not belong together: one is wrong, or the order is", out why);
        why = "";
        return true;
    }

    /// <summary>The 64-byte seed of a phrase; the caller wipes it.</summary>
    /// <exception cref="ArgumentException">The words are no phrase.</exception>
    public static byte[] ToSeed(string phrase)
    {
        if (!IsValid(phrase, out var why)) throw new ArgumentException($"The phrase cannot be used: {why}.", nameof(phrase));
        var text = System.Text.Encoding.UTF8.GetBytes(string.Join(' ', Split(phrase)));
        var seed = Rfc2898DeriveBytes.Pbkdf2(text, "mnemonic"u8, Rounds, HashAlgorithmName.SHA512, SeedSize);
        CryptographicOperations.ZeroMemory(text);
        return seed;
    }

    private static string[] Split(string phrase) =>
        phrase.Normalize(NormalizationForm.FormKD).ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    // One bit for each four bytes, in the high bits.
    private static byte Checksum(ReadOnlySpan<byte> entropy)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(entropy, hash);
        return (byte)(hash[0] & (0xff00 >> (entropy.Length / 4)));
    }

    private static int Read(ReadOnlySpan<byte> bits, int at)
    {
        var value = 0;
        for (var i = at; i < at + BitsPerWord; i++) value = (value << 1) | ((bits[i / 8] >> (7 - (i % 8))) & 1);
        return value;
    }

    private static void Write(Span<byte> bits, int at, int value)
    {
        for (var i = 0; i < BitsPerWord; i++)
        {
            if ((value >> (BitsPerWord - 1 - i) & 1) != 0) bits[(at + i) / 8] |= (byte)(0x80 >> ((at + i) % 8));
        }
    }

    private static bool Fail(string reason, out string why)
    {
        why = reason;
        return false;
    }

    private static string[] Load()
    {
        using var stream = typeof(Mnemonic).Assembly.GetManifestResourceStream("bip39-english")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
