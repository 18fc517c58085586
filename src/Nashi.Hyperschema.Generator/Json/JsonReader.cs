using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Nashi.Hyperschema.Generator.Json;

/// <summary>Reads JSON and remembers where each value stands, so that a diagnostic can point at it. A compiler plug-in brings no packages along.</summary>
internal sealed class JsonReader
{
    private const int MaxDepth = 64;

    private readonly string _text;
    private int _at;

    private JsonReader(string text) => _text = text;

    public static JsonNode Read(string text)
    {
        var reader = new JsonReader(text);
        var value = reader.ReadValue(0);
        reader.SkipSpace();
        return reader._at == text.Length ? value : throw reader.Error("there is more after the end");
    }

    private JsonNode ReadValue(int depth)
    {
        if (depth > MaxDepth) throw Error("it is nested too deeply");
        SkipSpace();
        if (_at == _text.Length) throw Error("it ends too early");
        return _text[_at] switch
        {
            '{' => ReadObject(depth),
            '[' => ReadArray(depth),
            '"' => new JsonNode(JsonKind.String, _at) { Text = ReadText() },
            't' => ReadWord("true", JsonKind.True),
            'f' => ReadWord("false", JsonKind.False),
            'n' => ReadWord("null", JsonKind.Null),
            _ => ReadNumber(),
        };
    }

    private JsonNode ReadObject(int depth)
    {
        var node = new JsonNode(JsonKind.Object, _at++);
        if (TryTake('}')) return node;
        do
        {
            SkipSpace();
            if (_at == _text.Length || _text[_at] != '"') throw Error("a property name is missing");
            var name = ReadText();
            if (!TryTake(':')) throw Error("a colon is missing");
            node.Properties.Add(new KeyValuePair<string, JsonNode>(name, ReadValue(depth + 1)));
        }
        while (TryTake(','));
        return TryTake('}') ? node : throw Error("a closing brace is missing");
    }

    private JsonNode ReadArray(int depth)
    {
        var node = new JsonNode(JsonKind.Array, _at++);
        if (TryTake(']')) return node;
        do node.Items.Add(ReadValue(depth + 1));
        while (TryTake(','));
        return TryTake(']') ? node : throw Error("a closing bracket is missing");
    }

    private JsonNode ReadWord(string word, JsonKind kind)
    {
        if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0) throw Error("a value is missing");
        _at += word.Length;
        return new JsonNode(kind, _at - word.Length);
    }

    private JsonNode ReadNumber()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsDigit(_text[_at]) || "+-.eE".IndexOf(_text[_at]) >= 0)) _at++;
        return _at > start ? new JsonNode(JsonKind.Number, start) { Text = _text.Substring(start, _at - start) } : throw Error("a value is missing");
    }

    private string ReadText()
    {
        var text = new StringBuilder();
        for (_at++; _at < _text.Length; _at++)
        {
            var c = _text[_at];
            if (c == '"')
            {
                _at++;
                return text.ToString();
            }

            text.Append(c == '\\' ? ReadEscape() : c);
        }

        throw Error("a text does not end");
    }

    private char ReadEscape()
    {
        if (++_at == _text.Length) throw Error("a text does not end");
        switch (_text[_at])
        {
            case 'n': return '\n';
            case 't': return '\t';
            case 'r': return '\r';
            case 'b': return '\b';
            case 'f': return '\f';
            case 'u':
                return ReadUnicodeEscape();
            default: return _text[_at];
        }
    }

    private char ReadUnicodeEscape()
    {
        if (_at + 4 >= _text.Length || !ushort.TryParse(_text.Substring(_at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            throw Error("an escape is wrong");
        _at += 4;
        return (char)code;
    }

    private bool TryTake(char c)
    {
        SkipSpace();
        if (_at == _text.Length || _text[_at] != c) return false;
        _at++;
        return true;
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && " \t\r\n".IndexOf(_text[_at]) >= 0) _at++;
    }

    private JsonReadException Error(string message) => new(_at, message);
}
