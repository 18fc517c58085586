using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.SecretStream.Protocol;

namespace Nashi.SecretStream;

/// <summary>A Noise handshake over Ed25519 keys, patterns IK and XX, wire compatible with the reference.</summary>
/// <remarks>
/// Pure: no I/O and no clock. Owned by whoever connects; not thread-safe. Call <see cref="TryWriteMessage"/> and <see cref="TryReadMessage"/> in turns
/// until <see cref="IsComplete"/>, then <see cref="Finish"/> once. A message that is refused leaves the state as it was, so a forged reply cannot spoil
/// a handshake; <see cref="Clone"/> serves those who answer one message more than once. Spec: network.md §4.1.
/// </remarks>
public sealed class NoiseHandshake : IDisposable
{
    /// <summary>The longest handshake message, in bytes.</summary>
    public const int MaxMessageSize = 65535;

    private readonly NoisePattern _pattern;
    private readonly KeyPair _static;
    private readonly IRandom _random;
    private NoiseState _state;
    private KeyPair? _ephemeral;

    private NoiseHandshake(NoisePattern pattern, bool isInitiator, KeyPair keyPair, IRandom random, NoiseState state)
    {
        _pattern = pattern;
        _static = keyPair;
        _random = random;
        _state = state;
        IsInitiator = isInitiator;
    }

    /// <summary>Whether this side sends the first message.</summary>
    public bool IsInitiator { get; }

    /// <summary>Whether all messages were exchanged.</summary>
    public bool IsComplete => _state.Step == _pattern.Messages.Length;

    /// <summary>Who we are.</summary>
    public PublicKey LocalPublicKey => _static.PublicKey;

    /// <summary>Who the remote is, once known: given, or proved by a message that was accepted.</summary>
    public PublicKey? RemotePublicKey => _state.RemoteStatic;

    private bool IsOurTurn => !IsComplete && (_state.Step % 2 == 0) == IsInitiator;

    /// <summary>Starts a handshake in which the initiator knows whom it calls.</summary>
    /// <param name="isInitiator">Whether this side sends first.</param>
    /// <param name="keyPair">Our static key; borrowed, not disposed.</param>
    /// <param name="remotePublicKey">Whom to call; required for the initiator, ignored for the responder.</param>
    /// <param name="prologue">Bytes that both sides must agree on.</param>
    /// <param name="random">Where the ephemeral key comes from.</param>
    public static NoiseHandshake StartIK(bool isInitiator, KeyPair keyPair, PublicKey? remotePublicKey, ReadOnlySpan<byte> prologue, IRandom random)
    {
        if (isInitiator && remotePublicKey is null) throw new ArgumentNullException(nameof(remotePublicKey));
        return Start(NoisePattern.IK, isInitiator, keyPair, remotePublicKey, prologue, random);
    }

    /// <summary>Starts a handshake in which both sides learn each other's key.</summary>
    /// <param name="isInitiator">Whether this side sends first.</param>
    /// <param name="keyPair">Our static key; borrowed, not disposed.</param>
    /// <param name="prologue">Bytes that both sides must agree on; empty for the stand-alone stream.</param>
    /// <param name="random">Where the ephemeral key comes from.</param>
    public static NoiseHandshake StartXX(bool isInitiator, KeyPair keyPair, ReadOnlySpan<byte> prologue, IRandom random) =>
        Start(NoisePattern.XX, isInitiator, keyPair, null, prologue, random);

    /// <summary>Writes our next message, carrying <paramref name="payload"/>.</summary>
    /// <returns>False when a key of the remote is unacceptable; nothing is written and the state is as before.</returns>
    /// <exception cref="InvalidOperationException">It is the remote's turn, or the handshake is complete.</exception>
    /// <exception cref="ArgumentException">The message would be longer than <see cref="MaxMessageSize"/>.</exception>
    public bool TryWriteMessage(ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (!IsOurTurn) throw new InvalidOperationException("It is not our turn in the handshake.");
        var bound = payload.Length + 128;
        if (bound > MaxMessageSize) throw new ArgumentException("The payload does not fit a handshake message.", nameof(payload));

        var buffer = output.GetSpan(bound);
        var trial = _state;
        var written = 0;
        foreach (var token in _pattern.Messages[trial.Step])
        {
            if (!TryWriteToken(token, ref trial, buffer, ref written)) return false;
        }

        var body = buffer.Slice(written, payload.Length + trial.Overhead);
        trial.EncryptAndHash(payload, body);
        output.Advance(written + body.Length);
        trial.Step++;
        _state = trial;
        return true;
    }

    /// <summary>Reads the remote's next message.</summary>
    /// <returns>False when it is malformed, not authentic or names an unacceptable key; the state is then as before.</returns>
    /// <exception cref="InvalidOperationException">It is our turn, or the handshake is complete.</exception>
    public bool TryReadMessage(ReadOnlySpan<byte> message, [NotNullWhen(true)] out byte[]? payload)
    {
        payload = null;
        if (IsComplete || IsOurTurn) throw new InvalidOperationException("It is not the remote's turn in the handshake.");
        if (message.Length > MaxMessageSize) return false;

        var trial = _state;
        var reader = new CompactReader(message);
        foreach (var token in _pattern.Messages[trial.Step])
        {
            if (!TryReadToken(token, ref trial, ref reader)) return false;
        }

        var body = reader.ReadRest();
        if (body.Length < trial.Overhead) return false;
        var plain = new byte[body.Length - trial.Overhead];
        if (!trial.TryDecryptAndHash(body, plain)) return false;
        trial.Step++;
        _state = trial;
        payload = plain;
        return true;
    }

    /// <summary>Takes the agreed keys and wipes the handshake, which must not be used again.</summary>
    /// <exception cref="InvalidOperationException">It is not complete.</exception>
    public NoiseResult Finish()
    {
        if (!IsComplete) throw new InvalidOperationException("The handshake is not complete.");
        ObjectDisposedException.ThrowIf(_state.RemoteStatic is null, this);
        var remote = _state.RemoteStatic.Value;
        Span<byte> secrets = stackalloc byte[Bytes64.Size + (2 * Bytes32.Size)];
        var hash = secrets[..Bytes64.Size];
        var first = secrets.Slice(Bytes64.Size, Bytes32.Size);
        var second = secrets[^Bytes32.Size..];
        _state.Split(hash, first, second);
        var result = IsInitiator
            ? new NoiseResult(true, LocalPublicKey, remote, hash, first, second)
            : new NoiseResult(false, LocalPublicKey, remote, hash, second, first);
        CryptographicOperations.ZeroMemory(secrets);
        Dispose();
        return result;
    }

    /// <summary>A snapshot that goes on by itself, from the same state and the same ephemeral key.</summary>
    public NoiseHandshake Clone() => new(_pattern, IsInitiator, _static, _random, _state)
    {
        _ephemeral = _ephemeral is null ? null : KeyPair.FromSeed(_ephemeral.Seed),
    };

    /// <summary>Wipes the secrets of the handshake; the static key pair is the caller's.</summary>
    public void Dispose()
    {
        _ephemeral?.Dispose();
        _ephemeral = null;
        _state = new NoiseState { Step = _pattern.Messages.Length };
    }

    private static NoiseHandshake Start(
        NoisePattern pattern, bool isInitiator, KeyPair keyPair, PublicKey? remote, ReadOnlySpan<byte> prologue, IRandom random)
    {
        ArgumentNullException.ThrowIfNull(keyPair);
        ArgumentNullException.ThrowIfNull(random);
        var state = NoiseState.Start(pattern.ProtocolName, prologue);
        if (pattern.KnowsResponder)
        {
            if (isInitiator) state.RemoteStatic = remote;
            var responder = isInitiator ? remote.GetValueOrDefault() : keyPair.PublicKey;
            state.MixHash(responder.Value.AsSpan());
        }

        return new(pattern, isInitiator, keyPair, random, state);
    }

    private bool TryWriteToken(NoiseToken token, ref NoiseState state, Span<byte> buffer, ref int written)
    {
        switch (token)
        {
            case NoiseToken.E:
                _ephemeral ??= KeyPair.Generate(_random);
                _ephemeral.PublicKey.CopyTo(buffer[written..]);
                state.MixHash(buffer.Slice(written, Bytes32.Size));
                written += Bytes32.Size;
                return true;
            case NoiseToken.S:
                var sealedKey = buffer.Slice(written, Bytes32.Size + state.Overhead);
                state.EncryptAndHash(_static.PublicKey.Value.AsSpan(), sealedKey);
                written += sealedKey.Length;
                return true;
            default:
                return TryMix(token, ref state);
        }
    }

    private bool TryReadToken(NoiseToken token, ref NoiseState state, ref CompactReader reader)
    {
        Span<byte> key = stackalloc byte[Bytes32.Size];
        switch (token)
        {
            case NoiseToken.E:
                if (!reader.TryReadFixed(Bytes32.Size, out var ephemeral)) return false;
                state.RemoteEphemeral = new PublicKey(ephemeral);
                state.MixHash(ephemeral);
                return true;
            case NoiseToken.S:
                if (!reader.TryReadFixed(Bytes32.Size + state.Overhead, out var sealedKey)) return false;
                if (!state.TryDecryptAndHash(sealedKey, key)) return false;
                state.RemoteStatic = new PublicKey(key);
                return true;
            default:
                return TryMix(token, ref state);
        }
    }

    private bool TryMix(NoiseToken token, ref NoiseState state)
    {
        var (initiatorStatic, responderStatic) = (token is NoiseToken.SE or NoiseToken.SS, token is NoiseToken.ES or NoiseToken.SS);
        var (localStatic, remoteStatic) = IsInitiator ? (initiatorStatic, responderStatic) : (responderStatic, initiatorStatic);
        var local = localStatic ? _static : _ephemeral!;
        var remote = remoteStatic ? state.RemoteStatic.GetValueOrDefault() : state.RemoteEphemeral;
        Span<byte> scalar = stackalloc byte[Bytes32.Size];
        Ed25519.DeriveScalar(local.Seed, scalar);
        var ok = state.TryMixShared(scalar, remote);
        CryptographicOperations.ZeroMemory(scalar);
        return ok;
    }
}
