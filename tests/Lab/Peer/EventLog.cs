using System.Buffers;
using System.Diagnostics;
using System.Text.Json;

namespace Nashi.LabPeer;

/// <summary>Tells the laboratory what happened: one JSON object a line on standard output, out of this process before the call returns.</summary>
internal sealed class EventLog
{
    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Lock _gate = new();

    public long Milliseconds => _clock.ElapsedMilliseconds;

    public double PreciseMilliseconds => _clock.Elapsed.TotalMilliseconds;

    public void Emit(string name, params ReadOnlySpan<(string Key, object? Value)> fields)
    {
        var line = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("event", name);
            json.WriteNumber("t", Milliseconds);
            foreach (var (key, value) in fields) Write(json, key, value);
            json.WriteEndObject();
        }

        line.Write("\n"u8);
        lock (_gate) _output.Write(line.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, string key, object? value)
    {
        json.WritePropertyName(key);
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case int number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            case ulong number: json.WriteNumberValue(number); break;
            case uint number: json.WriteNumberValue(number); break;
            case double number: json.WriteNumberValue(number); break;
            case IEnumerable<string> texts:
                json.WriteStartArray();
                foreach (var text in texts) json.WriteStringValue(text);
                json.WriteEndArray();
                break;
            default: json.WriteStringValue(value.ToString()); break;
        }
    }
}
